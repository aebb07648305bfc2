import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { placeIdPattern } from '../../../core/wire/places.ts'

export const screens = ['watch', 'cache', 'insight', 'settings'] as const
export type Screen = (typeof screens)[number]

export const screenTitles: Readonly<Record<Screen, string>> = {
  watch: 'Watch',
  cache: 'Cache',
  insight: 'Insight',
  settings: 'Settings',
}

const reportPrefix = '#settings/'

/** The address of the report of a place: a part of the settings, where places are. */
export const placeReportHash = (placeId: string): string => `${reportPrefix}${placeId}`

/** The place whose report a part of an address behind `#` names; undefined where it names none. */
export function reportedPlaceOf(hash: string): string | undefined {
  const place = hash.startsWith(reportPrefix) ? hash.slice(reportPrefix.length) : ''
  return placeIdPattern.test(place) ? place : undefined
}

/** The screen that a part of an address behind `#` names; the first one where it names none. */
export const screenOf = (hash: string): Screen =>
  reportedPlaceOf(hash) === undefined
    ? (screens.find((screen) => `#${screen}` === hash) ?? 'watch')
    : 'settings'

export interface LookedAt {
  readonly screen: ReadonlySignal<Screen>
  /** Id of the place whose report is read in the settings. */
  readonly reportedPlace: ReadonlySignal<string | undefined>
}

/** What is looked at. It is in the address, so that the way back is the browser's own. */
export function createScreen(target: Pick<Window, 'location' | 'addEventListener'>): LookedAt {
  const hash = signal(target.location.hash)
  target.addEventListener('hashchange', () => void (hash.value = target.location.hash))
  return {
    screen: computed(() => screenOf(hash.value)),
    reportedPlace: computed(() => reportedPlaceOf(hash.value)),
  }
}
