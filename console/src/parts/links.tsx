import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, Ref } from 'react'

type Native = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & { ref?: Ref<HTMLAnchorElement> }

/** A link of the console's own pages in the look of text. */
export const TextLink = createLink((props: Omit<AnchorProps, 'href'> & Native) => <Anchor {...props} />)

/** The same in the look of a button. */
export const ButtonLink = createLink((props: Omit<ButtonProps, 'href'> & Native) => <Button component="a" {...props} />)

/** An address from outside, when it is one that a link may lead to: the web or this server. Anything else (`javascript:`) is undefined. */
export function safeHref(url: string): string | undefined {
  try {
    const { protocol } = new URL(url, window.location.origin)
    return protocol === 'https:' || protocol === 'http:' ? url : undefined
  } catch {
    return undefined
  }
}
