import { expect, it } from 'vitest'
import { documentOf } from './document.ts'

it('makes a paragraph of each block and a break of each line, and leaves mark-up and names as they are', () =>
  expect(documentOf('*Hello* [~mia]\r\n@mia\n\n\nBye\n')).toEqual({
    type: 'doc',
    version: 1,
    content: [
      {
        type: 'paragraph',
        content: [{ type: 'text', text: '*Hello* [~mia]' }, { type: 'hardBreak' }, { type: 'text', text: '@mia' }],
      },
      { type: 'paragraph', content: [{ type: 'text', text: 'Bye' }, { type: 'hardBreak' }] },
    ],
  }))
