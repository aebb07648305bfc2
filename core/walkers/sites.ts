import { createRandom } from '../random.ts'
import { drawBackground } from './background.ts'
import { createSession, drawCamera, type Session, type SessionOptions } from './session.ts'

/** Where some people of the population come and go: a door, a corridor, a yard, with a camera that stays. */
export interface Site {
  readonly name: string
  readonly identities: readonly number[]
}

const siteNames = [
  'north gate',
  'canteen',
  'workshop',
  'library',
  'gym',
  'harbour office',
  'greenhouse',
  'archive',
  'laboratory',
  'kiosk',
  'depot',
  'clinic',
  'studio',
  'east wing',
  'garage',
  'chapel',
]

/** People of the next site who are seen here too: places overlap. */
const visitors = 2

export const siteName = (index: number): string => siteNames[index] ?? `site ${index + 1}`

/**
 * Sites of a population: everybody has one of their own, and some are seen at the one before it as well.
 *
 * @param identities how many people there are
 * @param sites how many sites; each has about identities / sites people and two visitors
 */
export function walkerSites(identities: number, sites: number): Site[] {
  const people = createRandom('walkers: sites').shuffle(
    Array.from({ length: identities }, (_, identity) => identity),
  )
  const homes = Array.from({ length: sites }, (_, site) =>
    people.slice(Math.floor((site * identities) / sites), Math.floor(((site + 1) * identities) / sites)),
  )
  return homes.map((home, site) => ({
    name: siteName(site),
    identities: [...home, ...(sites > 1 ? (homes[(site + 1) % sites] ?? []).slice(0, visitors) : [])],
  }))
}

/** A recording at a site: its background and its camera stay, clothes and light are the session's own. */
export function createSiteSession(site: number, options: SessionOptions): Session {
  const random = createRandom('walkers: site looks').fork(String(site))
  return {
    ...createSession({ ...options, session: options.session * 97 + site }),
    background: drawBackground(random.fork('background')),
    camera: drawCamera(random.fork('camera')),
  }
}
