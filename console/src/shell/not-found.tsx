import { Empty } from '../parts/empty.tsx'
import { ButtonLink } from '../parts/links.tsx'
import { Page } from '../parts/page.tsx'

/** For an address that no page has. */
export function NotFound() {
  return (
    <Page title="Page not found">
      <Empty
        icon="search"
        title="There is nothing at this address"
        action={<ButtonLink to="/chat">Go to chat</ButtonLink>}
      >
        The link may be old, or what it led to was deleted.
      </Empty>
    </Page>
  )
}
