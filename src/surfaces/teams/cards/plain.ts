import { RichTextBlock, TextRun, type TextRunOptions } from '@microsoft/teams.cards'

/** A text in which nothing is read as Markdown: no link, no mention, no emphasis. */
export function plain(text: string, options: TextRunOptions = {}): RichTextBlock {
  return new RichTextBlock().withInlines(new TextRun(text === '' ? ' ' : text, options))
}
