import { Anchor, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { jobQuery } from '../../api/queries.ts'
import type { ChatMessage } from '../../contract.ts'
import { Facts } from '../../parts/facts.tsx'
import { Icon } from '../../parts/icon.tsx'
import { safeHref, TextLink } from '../../parts/links.tsx'
import { Time } from '../../parts/time.tsx'
import { AnswerQuestion } from '../jobs/job-question.tsx'
import classes from './chat.module.css'
import { Buttons, Items, Menus } from './press-button.tsx'

/** One line of the conversation: mine on the right; Behalf's on the left, a request to connect standing out, a result as a card. `asks`: nothing was asked since. */
export function ChatLine({ line, asks }: { line: ChatMessage; asks: boolean }) {
  if (line.from === 'me') return <div className={classes.mine}>{line.text}</div>
  return (
    <div className={classes.theirs} data-kind={line.kind} data-tone={line.tone}>
      <div className={classes.body}>
        {line.text !== '' && (
          <div className={classes.text}>
            <Sign line={line} />
            <span>{line.text}</span>
          </div>
        )}
        {line.fields.length > 0 && (
          <Facts>{line.fields.map(({ name, value }) => [name, <Value key={name} value={value} />])}</Facts>
        )}
        <Items line={line} />
        <div className={classes.links}>
          <Links line={line} />
          {line.kind === 'ask' ? <WhileItWaits line={line} /> : line.kind !== 'question' && <Buttons line={line} />}
          <Menus line={line} />
        </div>
        {asks && line.job_id !== null && <Asks jobId={line.job_id} />}
      </div>
      <div className={classes.foot}>
        <Time at={line.at} />
        {line.job_id !== null && (
          <TextLink to="/jobs/$id" params={{ id: line.job_id }} size="xs" c="dimmed">
            See the job
          </TextLink>
        )}
      </div>
    </div>
  )
}

// While the job waits: what was answered, here or elsewhere, is asked no more.
function Asks({ jobId }: { jobId: string }) {
  const question = useQuery(jobQuery(jobId)).data?.question
  return question && <AnswerQuestion key={question.step} id={jobId} question={question} />
}

// What is asked for is not to be declined any more once the job has gone on.
function WhileItWaits({ line }: { line: ChatMessage }) {
  const job = useQuery({ ...jobQuery(line.job_id ?? ''), enabled: line.job_id !== null }).data
  return job?.status === 'waiting_for_connection' && <Buttons line={line} />
}

// A value that is a whole web address can be followed.
function Value({ value }: { value: string }) {
  if (!/^https?:\/\/\S+$/.test(value) || safeHref(value) === undefined) return value
  return (
    <Anchor href={value} rel="noreferrer">
      {value}
    </Anchor>
  )
}

function Sign({ line }: { line: ChatMessage }) {
  const name =
    line.kind === 'ask' ? 'plug' : ({ success: 'check', failure: 'alert', neutral: null } as const)[line.tone]
  if (name === null) return null
  return (
    <span className={classes.sign}>
      <Icon name={name} />
    </span>
  )
}

function Links({ line }: { line: ChatMessage }) {
  const links = line.links.flatMap(({ label, url }) => {
    const href = safeHref(url)
    return href === undefined ? [] : [{ label, href }]
  })
  return links.map(({ label, href }) => (
    // A whole address, and the server's own connect page: a plain link in this tab, never the client's router.
    <Button key={href} component="a" href={href} variant={line.kind === 'ask' ? 'filled' : 'default'} size="sm">
      {label}
    </Button>
  ))
}
