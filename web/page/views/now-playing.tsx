import type { VNode } from 'preact'
import { Icon } from '../components/icon.tsx'
import { badgeOf, badgeTexts } from './answer-badge.ts'
import { usePage } from './page-context.ts'

/** On a phone the other screens cover the picture; what is seen there stays in sight, one tap away. */
export function NowPlaying(): VNode | null {
  const { app, screen, playback } = usePage()
  const answer = app.session.answer.value
  if (screen.value === 'watch' || !app.isStreaming.value || answer === undefined) return null
  const badge = badgeOf(answer)
  return (
    <aside class="now-playing" aria-label="Now playing">
      <a href="#watch">
        <span class="dot" data-outcome={badge} />
        <strong>{answer.label}</strong>
        <span class="muted">{badgeTexts[badge]}</span>
      </a>
      <button type="button" class="icon-button" aria-label="Stop" onClick={() => void playback.stop()}>
        <Icon name="stop" />
      </button>
    </aside>
  )
}
