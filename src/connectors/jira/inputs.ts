import { z } from 'zod'

/** `ACME` */
export const projectKey = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z][A-Z0-9_]{0,254}$/, 'the key of a project, such as ACME')

/** `ACME-12`: part of a path, so nothing else. */
export const issueKey = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z][A-Z0-9_]{0,254}-[1-9][0-9]{0,11}$/, 'the key of an issue, such as ACME-12')

/** Jira takes 32,767 characters. */
export const longText = z.string().trim().min(1).max(30_000)
