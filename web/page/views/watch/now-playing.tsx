import type { VNode } from 'preact'
import { Icon } from '../../components/icon.tsx'
import { badgeOf, badgeText, isGuess, labelText } from './answer-badge.ts'
import { usePage } from '../page-context.ts'

/** On a phone the other screens cover the picture; what is seen there stays in sight, one tap away. */
export function NowPlaying(): VNode | null {
  const { app, screen, playback } = usePage()
  const answer = app.streamView.answer.value
  if (screen.value === 'watch' || !app.isStreaming.value || answer === undefined) return null
  const isOffline = app.edgeState.value === 'offline'
  const badge = badgeOf(answer)
  return (
    <aside class="now-playing" aria-label="Now playing">
      <a href="#watch">
        <span class="dot" data-outcome={badge !== 'pending' && isGuess(answer) ? 'uncertain' : badge} />
        <strong>{labelText(answer)}</strong>
        <span class="muted">{badgeText(answer, isOffline)}</span>
      </a>
      <button type="button" class="icon-button" aria-label="Stop" onClick={() => void playback.stop()}>
        <Icon name="stop" />
      </button>
    </aside>
  )
}
