import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Theme } from '../state/settings-schema.ts'

const prefersDark = signal(false)
const chosen = signal<Theme>('system')

/** The theme as it is seen. */
export const resolvedTheme: ReadonlySignal<'light' | 'dark'> = computed(() =>
  chosen.value === 'system' ? (prefersDark.value ? 'dark' : 'light') : chosen.value,
)

/** The colour around the page, as the style sheet has it. */
const grounds = { light: '#f5f4f0', dark: '#11161a' } as const

/** Follows the device, or what the person has chosen in its place. */
export function followTheme(theme: ReadonlySignal<Theme>): void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  prefersDark.value = query.matches
  query.addEventListener('change', ({ matches }) => void (prefersDark.value = matches))
  effect(() => void (chosen.value = theme.value))
  effect(() => {
    document.documentElement.dataset['theme'] = resolvedTheme.value
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'))
      meta.content = grounds[resolvedTheme.value]
  })
}
