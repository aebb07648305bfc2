import type { App } from '../app.ts'
import { parseEdgeLink, type Settings } from '../state/settings-schema.ts'

type Link = Pick<Settings, 'edgeUrl' | 'edgeToken'>

export interface EdgeLinkDeps {
  readonly app: Pick<App, 'changeSettings' | 'edgeSession' | 'notices' | 'settings'>
  /** Opens the bundle that is wanted under what the link says. */
  readonly reopen: () => void
  /** What a test puts in place of the page's address. */
  readonly address?: Pick<Location, 'hash' | 'search' | 'pathname'>
  readonly replaceAddress?: (address: string) => void
}

/**
 * What the link asks for, where that is not in force already. An edge that comes without a token does not get
 * that of another.
 */
function changesOf(link: Partial<Link>, { edgeUrl, edgeToken }: Link): Link | undefined {
  const wanted = { edgeUrl: link.edgeUrl ?? edgeUrl, edgeToken: link.edgeToken ?? '' }
  if (link.edgeToken === undefined && wanted.edgeUrl === edgeUrl) return undefined
  return wanted.edgeUrl === edgeUrl && wanted.edgeToken === edgeToken ? undefined : wanted
}

/** As it is written, where it names no edge. */
function withoutEdge(search: string): string {
  const parameters = new URLSearchParams(search)
  if (!parameters.has('edge')) return search
  parameters.delete('edge')
  return parameters.size === 0 ? '' : `?${parameters.toString()}`
}

const questionOf = ({ edgeUrl }: Link, before: Link): string =>
  edgeUrl === before.edgeUrl
    ? 'The link that opened this page brings another access token than the one that is stored here. Use it only if the link is from whoever runs the edge.'
    : `The link that opened this page wants to send your frames, which are pictures, to ${edgeUrl}. Nothing goes there unless you allow it.`

/**
 * Takes what the edge's QR code, or any other link, hands over, and takes it out of the address at once: it
 * must not be in a bookmark or a picture. A first token for the edge that the page came from is taken as it
 * is; whatever would change where frames go, or a token that is there, is asked. True where something was
 * taken without a question.
 */
export function takeEdgeLink({
  app,
  reopen,
  address = location,
  replaceAddress = (next) => history.replaceState(null, '', next),
}: EdgeLinkDeps): boolean {
  const link = parseEdgeLink(address.hash, address.search)
  if (Object.keys(link).length === 0) return false
  replaceAddress(`${address.pathname}${withoutEdge(address.search)}`)

  const before = app.settings.values.peek()
  const wanted = changesOf(link, before)
  // Scanned once more: its cookie may be missing all the same.
  if (wanted === undefined) {
    app.edgeSession.renew()
    return link.edgeToken !== undefined
  }
  const accept = (): void => {
    app.changeSettings(wanted)
    app.edgeSession.renew()
  }
  if (wanted.edgeUrl === '' && before.edgeUrl === '' && before.edgeToken === '') {
    accept()
    return true
  }
  const use = (): void => {
    app.notices.dismiss('edge-link')
    accept()
    reopen()
  }
  app.notices.show({
    about: 'edge-link',
    kind: 'warning',
    message: questionOf(wanted, before),
    action: { label: 'Use it', run: use },
  })
  return false
}
