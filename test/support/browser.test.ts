import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { parseHtml } from './html.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a browser', () => {
  it('shares cookies between the ports of a host, honours paths, and forgets what is expired', async () => {
    const seen: Record<string, string> = {}
    const one = await serve((request, response) => {
      const expired = 'gone=; Path=/; Max-Age=0'
      const set = request.url === '/leave' ? [expired] : ['a=1; Path=/', 'deep=2; Path=/deep', 'gone=3; Path=/']
      response.setHeader('set-cookie', set).end()
    })
    const other = await serve((request, response) => {
      seen[request.url!] = request.headers.cookie ?? ''
      response.end()
    })
    const browser = openBrowser()
    await browser.open(`${one}/come`)
    await browser.open(`${other}/`)
    await browser.open(`${other}/deep/er`)
    await browser.open(`${other}/deeper`)
    await browser.open(`${one}/leave`)
    await browser.open(`${other}/after`)
    expect(seen).toEqual({
      '/': 'a=1; gone=3',
      '/deep/er': 'deep=2; a=1; gone=3',
      '/deeper': 'a=1; gone=3',
      '/after': 'a=1',
    })
  })

  it('presses a button as the form says, follows the redirect, and sends its origin', async () => {
    const requests: string[] = []
    const url = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      requests.push(`${request.method} ${request.url} ${body} ${request.headers.origin ?? ''}`)
      if (request.method === 'POST') response.writeHead(303, { location: '/done' }).end()
      else
        response.end(`<form method="post" action="/act"><input type="hidden" name="h" value="&quot;x&quot;">
          <select name="s"><option value="1">One<option value="2" selected>Two</select>
          <input type="checkbox" name="c" checked><input type="checkbox" name="off">
          <textarea name="t">\nsome\ntext</textarea>
          <button name="decision" value="no">No</button><button name="decision" value="yes">Yes, <b>do</b> it</button></form>`)
    })
    const page = await openBrowser().open(url)
    const done = await page.click('Yes, do it', { c: null, extra: 'e' })
    expect(done.visited).toEqual([`${url}/act`, `${url}/done`])
    expect(requests.slice(1)).toEqual([
      `POST /act h=%22x%22&s=2&t=some%0Atext&extra=e&decision=yes ${url}`,
      'GET /done  ',
    ])
  })

  it('says what there is when nothing, or more than one thing, has the label', async () => {
    const url = await serve((_request, response) => response.end('<a href="/x">Go</a><a href="/y">Go</a>'))
    const page = await openBrowser().open(url)
    await expect(page.click('Stop')).rejects.toThrow('there are: "Go", "Go"')
    await expect(page.click('Go')).rejects.toThrow('2 things to click')
    expect((await page.click('Go', {}, 1)).url).toBe(`${url}/y`)
  })

  it('stops where a page’s form-action would stop Chrome, redirects included', async () => {
    const away = await serve((_request, response) => response.end('arrived'))
    const policy = { allowed: "'self'" }
    const url = await serve((request, response) => {
      response.setHeader('content-security-policy', `default-src 'none'; form-action ${policy.allowed}`)
      if (request.method === 'POST') response.writeHead(303, { location: away }).end()
      else response.end('<form method="post"><button>Go</button></form>')
    })
    await expect((await openBrowser().open(url)).click('Go')).rejects.toThrow('form-action')
    policy.allowed = `'self' ${away}`
    expect((await (await openBrowser().open(url)).click('Go')).text()).toBe('arrived')
  })
})

describe('reading a page', () => {
  it('hears what a person reads and no more', () => {
    const page = parseHtml(
      '<!doctype html><title>A &amp; B</title><style>p{}</style><script>1</script><!-- no --><p>One <b>two</b>.</p><p>Th&#114;ee</p>',
    )
    expect(page).toMatchObject({ title: 'A & B', text: 'One two. Three' })
  })

  it('finds the form of a button that stands outside it', () => {
    const { buttons } = parseHtml(
      '<button form="f" name="n" value="v">Out</button><form id="f" action="/there"></form>',
    )
    expect(buttons).toMatchObject([{ label: 'Out', form: { action: '/there' } }])
  })
})
