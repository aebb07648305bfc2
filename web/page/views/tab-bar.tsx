import { useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { Icon } from '../components/icon.tsx'
import { screens, screenTitles } from '../state/screen.ts'
import { usePage } from './page-context.ts'

/** The four screens: at the bottom of a phone, where the thumb is; at the side where there is room. */
export function TabBar(): VNode {
  const { screen, reportedPlace } = usePage()
  useSignalEffect(() => {
    const title = reportedPlace.value === undefined ? screenTitles[screen.value] : 'Report of a place'
    document.title = screen.value === 'watch' ? 'CacheNet' : `${title} · CacheNet`
  })
  return (
    <nav class="tabs" aria-label="Screens">
      {screens.map((name) => (
        <a
          key={name}
          href={`#${name}`}
          data-testid={`tab-${name}`}
          aria-current={screen.value === name ? 'page' : undefined}
        >
          <Icon name={name} />
          {screenTitles[name]}
        </a>
      ))}
    </nav>
  )
}
