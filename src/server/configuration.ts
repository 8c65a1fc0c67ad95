import { resolve } from 'node:path'
import { z } from 'zod'
import { UserError } from '#core/errors.ts'
import { problemsOfTraces, readTraceSettings, type TraceSettings } from './trace-settings.ts'

const Port = z.coerce.number().int().min(0).max(65535)

/** Every setting, by its environment variable. */
const Settings = z.object({
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on' }),
  PORT: Port.default(3000).meta({ description: 'Port to listen on' }),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        'Where people reach this server; redirect URIs, links and cookies hang on it. Default http://127.0.0.1:PORT',
    }),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ description: 'A PostgreSQL server of your own, 15 or newer; without it an embedded one is used' }),
  BEHALF_DATA_DIR: z
    .string()
    .default('./data')
    .meta({ description: 'Folder of the embedded database and its sealing key' }),
  BEHALF_SEALING_KEY: z.string().optional().meta({
    description:
      'Seals every credential: 32 bytes in base 64. Needed with DATABASE_URL, unless BEHALF_SEALING_KEY_FILE is set',
  }),
  BEHALF_FORMER_SEALING_KEYS: z
    .string()
    .optional()
    .meta({ description: 'Earlier sealing keys, separated by commas, until everything is wrapped with the new one' }),
  BEHALF_SEALING_KEY_FILE: z.string().optional().meta({
    description:
      'In place of BEHALF_SEALING_KEY: a file of keys, which Behalf makes, and writes a new one to when it is changed. Default sealing.key in the data folder',
  }),
  BEHALF_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .default('')
    .meta({ description: 'host:port of private addresses that connections may reach, separated by commas' }),
  BEHALF_ASK_FOR_HOURS: z.coerce
    .number()
    .positive()
    .max(720)
    .default(24)
    .meta({ description: 'How long a job waits for its person' }),
  BEHALF_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(20)
    .meta({ description: 'Jobs that run at once in this process' }),
  BEHALF_ROLE: z.enum(['all', 'web', 'worker']).default('all').meta({
    description: 'What this process does: web answers requests, worker runs jobs and all that goes on by itself',
  }),
  BEHALF_DRAIN_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3600)
    .default(30)
    .meta({ description: 'How long jobs that run may take to end when the server is told to stop' }),
  BEHALF_TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .meta({ description: 'How many proxies stand before this server and append to X-Forwarded-For' }),
  BEHALF_SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .meta({ description: 'Mail server for notices to builders: smtps://user:password@mail.example.com' }),
  BEHALF_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, 'must be an address, or Name <address>')
    .optional()
    .meta({ description: 'Whom these e-mails come from: Behalf <behalf@example.com>. Needed with BEHALF_SMTP_URL' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        'Collector that traces are sent to, by OTLP over HTTP (JSON): http://127.0.0.1:4318. Without it there are none',
    }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: 'In place of OTEL_EXPORTER_OTLP_ENDPOINT: the whole address for traces, which is used as it stands',
    }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .meta({ description: 'Headers the collector asks for: name=value, separated by commas' }),
  OTEL_SERVICE_NAME: z.string().default('behalf').meta({ description: 'Under which name traces are sent' }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'What is logged' }),
})

/** Settings that were read and checked. */
export interface Configuration {
  host: string
  port: number
  publicUrl: URL | null
  databaseUrl: string | null
  dataDir: string
  /** Null: in the data folder. */
  sealingKeys: { kind: 'environment'; current: string; former: string } | { kind: 'file'; path: string } | null
  allowedPrivateHosts: string[]
  askForMs: number
  concurrency: number
  role: 'all' | 'web' | 'worker'
  drainMs: number
  trustedProxies: number
  /** Null: no e-mails are sent. */
  mail: { url: string; from: string } | null
  /** Null: none are made. */
  traces: TraceSettings | null
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** Reads the settings; a `UserError('configuration_invalid')` lists everything that is wrong, with what each setting means. */
export function readConfiguration(environment: Record<string, string | undefined>): Configuration {
  const parsed = Settings.safeParse(withoutEmpty(environment))
  const problems = parsed.success ? [] : parsed.error.issues.map(describeIssue)
  problems.push(...unknownSettings(environment))
  if (parsed.success) problems.push(...problemsOfKeys(parsed.data))
  if (parsed.success && parsed.data.PUBLIC_URL && new URL(parsed.data.PUBLIC_URL).pathname !== '/')
    problems.push('PUBLIC_URL: must have no path')
  if (parsed.success && !parsed.data.BEHALF_SMTP_URL !== !parsed.data.BEHALF_MAIL_FROM)
    problems.push('BEHALF_MAIL_FROM: goes with BEHALF_SMTP_URL; give both or neither')
  if (parsed.success) problems.push(...problemsOfTraces(parsed.data))
  if (!parsed.success || problems.length > 0)
    throw new UserError(
      'configuration_invalid',
      `The settings are not right:\n${problems.map((each) => `  ${each}`).join('\n')}`,
    )
  return fromSettings(parsed.data)
}

function fromSettings(settings: z.output<typeof Settings>): Configuration {
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL ? new URL(settings.PUBLIC_URL) : null,
    databaseUrl: settings.DATABASE_URL ?? null,
    dataDir: resolve(settings.BEHALF_DATA_DIR),
    sealingKeys: sealingKeysOf(settings),
    allowedPrivateHosts: settings.BEHALF_ALLOWED_PRIVATE_HOSTS.split(',')
      .map((host) => host.trim())
      .filter(Boolean),
    askForMs: settings.BEHALF_ASK_FOR_HOURS * 60 * 60 * 1000,
    concurrency: settings.BEHALF_CONCURRENCY,
    role: settings.BEHALF_ROLE,
    drainMs: settings.BEHALF_DRAIN_SECONDS * 1000,
    trustedProxies: settings.BEHALF_TRUSTED_PROXIES,
    mail: mailOf(settings),
    traces: readTraceSettings(settings),
    logLevel: settings.LOG_LEVEL,
  }
}

function problemsOfKeys(settings: z.output<typeof Settings>): string[] {
  const { DATABASE_URL, BEHALF_SEALING_KEY: key, BEHALF_SEALING_KEY_FILE: file } = settings
  const problems: string[] = []
  if (DATABASE_URL && !key && !file)
    problems.push('BEHALF_SEALING_KEY: is needed with DATABASE_URL. Make one with: openssl rand -base64 32')
  if (key && file) problems.push('BEHALF_SEALING_KEY_FILE: give it or BEHALF_SEALING_KEY, not both')
  if (settings.BEHALF_FORMER_SEALING_KEYS && !key)
    problems.push('BEHALF_FORMER_SEALING_KEYS: goes with BEHALF_SEALING_KEY; a file holds the former keys itself')
  return problems
}

function mailOf({ BEHALF_SMTP_URL: url, BEHALF_MAIL_FROM: from }: z.output<typeof Settings>): Configuration['mail'] {
  return url && from ? { url, from } : null
}

function sealingKeysOf(settings: z.output<typeof Settings>): Configuration['sealingKeys'] {
  const {
    BEHALF_SEALING_KEY: current,
    BEHALF_FORMER_SEALING_KEYS: former = '',
    BEHALF_SEALING_KEY_FILE: file,
  } = settings
  if (current) return { kind: 'environment', current, former }
  return file ? { kind: 'file', path: resolve(file) } : null
}

const withoutEmpty = (environment: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const name = String(path[0])
  const description = Settings.shape[name as keyof typeof Settings.shape]?.meta()?.description
  return `${name}: ${message}${description ? ` (${description})` : ''}`
}

/** A misspelt setting of ours would be ignored in silence. */
function unknownSettings(environment: Record<string, string | undefined>): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('BEHALF_') && !Object.hasOwn(Settings.shape, name))
    .map((name) => `${name}: there is no such setting`)
}

/** The table of settings for the docs. */
export function settingsTable(): { name: string; description: string }[] {
  return Object.entries(Settings.shape).map(([name, schema]) => ({
    name,
    description: schema.meta()?.description ?? '',
  }))
}
