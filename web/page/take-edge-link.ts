import type { App } from './app.ts'
import { parseEdgeLink } from './state/settings-schema.ts'

/**
 * Remembers what the edge's QR code hands over, and takes it out of the address at once: it must not be in a bookmark or a picture.
 * True where there was something.
 */
export function takeEdgeLink(app: Pick<App, 'changeSettings' | 'edgeSession'>): boolean {
  const link = parseEdgeLink(location.hash)
  if (Object.keys(link).length === 0) return false
  app.changeSettings(link)
  app.edgeSession.renew()
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  return true
}
