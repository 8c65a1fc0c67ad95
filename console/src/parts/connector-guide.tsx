import { useQuery } from '@tanstack/react-query'
import { connectorGuideQuery } from '../api/queries.ts'
import { Guide } from './guide.tsx'
import { Loaded } from './loaded.tsx'

/** How to register Behalf at an application, in the words of its connector. */
export function ConnectorGuide({ connector }: { connector: string }) {
  return <Loaded query={useQuery(connectorGuideQuery(connector))}>{({ text }) => <Guide text={text} />}</Loaded>
}
