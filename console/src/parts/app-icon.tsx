import { useQuery } from '@tanstack/react-query'
import { connectorsQuery } from '../api/queries.ts'

/**
 * An application's picture on a light tile (the pictures are drawn for light). Shown as an image, never inlined:
 * an SVG in an image can run no script and load nothing.
 */
export function AppIcon({ svg, size = 32 }: { svg: string | undefined; size?: number }) {
  const tile = {
    width: size,
    height: size,
    padding: Math.round(size / 6),
    borderRadius: Math.round(size / 4),
    background: '#fff',
    border: '1px solid var(--behalf-line)',
    boxSizing: 'border-box' as const,
    flex: 'none',
  }
  if (svg === undefined) return <span style={{ ...tile, display: 'inline-block' }} />
  return <img src={asDataUrl(svg)} alt="" style={tile} />
}

/** The same by the connector's name. */
export function ConnectorIcon({ connector, size }: { connector: string; size?: number }) {
  return <AppIcon svg={useConnector(connector)?.icon} size={size} />
}

/** A connector by its name; undefined until they are loaded, and for one this server does not have. */
export function useConnector(name: string) {
  return useQuery(connectorsQuery).data?.find((connector) => connector.name === name)
}

// An SVG on its own needs its namespace, which one written to be inlined may lack.
function asDataUrl(svg: string): string {
  const whole = svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  return `data:image/svg+xml,${encodeURIComponent(whole)}`
}
