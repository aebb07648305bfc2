import { signal, type ReadonlySignal } from '@preact/signals'

export const screens = ['watch', 'cache', 'insight', 'settings'] as const
export type Screen = (typeof screens)[number]

export const screenTitles: Readonly<Record<Screen, string>> = {
  watch: 'Watch',
  cache: 'Cache',
  insight: 'Insight',
  settings: 'Settings',
}

/** The screen that a part of an address behind `#` names; the first one where it names none. */
export const screenOf = (hash: string): Screen => screens.find((screen) => `#${screen}` === hash) ?? 'watch'

/** The screen that is looked at. It is in the address, so that the way back is the browser's own. */
export function createScreen(target: Pick<Window, 'location' | 'addEventListener'>): ReadonlySignal<Screen> {
  const screen = signal(screenOf(target.location.hash))
  target.addEventListener('hashchange', () => void (screen.value = screenOf(target.location.hash)))
  return screen
}
