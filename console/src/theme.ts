import { createTheme, type MantineColorsTuple } from '@mantine/core'

// The one accent: a deep teal, that of the server’s own pages. As text, shade 8 on white and shade 4 on ink pass WCAG AA.
const pine: MantineColorsTuple = [
  '#e9f6f5',
  '#d2ebe9',
  '#a6d8d5',
  '#75c4bf',
  '#46b3ac',
  '#2aa099',
  '#178e87',
  '#0c807a',
  '#0b7a75',
  '#075e5a',
]

// Ink: greys with a breath of green, so that they belong to the accent.
const ink: MantineColorsTuple = [
  '#d3dcdb',
  '#b3bfbe',
  '#93a2a1',
  '#697877',
  '#3d4b4b',
  '#2c3939',
  '#212c2d',
  '#151d1e',
  '#0f1516',
  '#0a0f10',
]
const stone: MantineColorsTuple = [
  '#f5f8f7',
  '#ecf1f0',
  '#e0e7e6',
  '#d0dad8',
  '#b5c2c0',
  '#8b9a98',
  '#5f6f6d',
  '#465654',
  '#2b3938',
  '#172221',
]

const TITLE = { fontWeight: 650, fontSize: '1.1rem' }

/** The look of the console: system fonts (the CSP allows no others), one accent, quiet surfaces. */
export const theme = createTheme({
  primaryColor: 'pine',
  // White on either passes WCAG AA.
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  colors: { pine, dark: ink, gray: stone },
  black: '#172221',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.625rem', lineHeight: '1.25' } } },
  components: {
    Card: { defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } },
    Modal: { defaultProps: { centered: true, radius: 'lg' }, styles: { title: TITLE } },
    Drawer: { defaultProps: { position: 'right', size: 'lg' }, styles: { title: TITLE } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 550 } },
    // Yellow and orange titles on their own tint are hard to read.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Tooltip: { defaultProps: { withArrow: true } },
  },
})
