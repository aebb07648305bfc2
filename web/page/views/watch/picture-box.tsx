import { useComputed } from '@preact/signals'
import type { VNode } from 'preact'
import { refusalOf } from '../../../../core/trust/refusal.ts'
import { acceptLabel, refusalWords } from '../../boot/refused-bundles.ts'
import { ErrorCode } from '../../components/error-code.tsx'
import { usePage } from '../page-context.ts'

/** The frame that is being answered: drawn here, or the camera's or a file's own video. */
export function PictureBox(): VNode {
  const { app, playback } = usePage()
  const state = app.player.state.value
  const kind = app.player.sourceKind.value
  const isVideo = (kind === 'camera' || kind === 'video') && app.isStreaming.value
  const hasFrames = useComputed(() => app.streamView.answer.value !== undefined)
  const hasPicture = state !== 'idle' && !isVideo && hasFrames.value
  return (
    <div class="picture" data-filled={isVideo || hasPicture}>
      <canvas
        ref={app.stage.attachCanvas}
        width={192}
        height={192}
        hidden={!hasPicture}
        role="img"
        aria-label="The frame that is being answered"
      />
      <video
        ref={app.stage.attachVideo}
        hidden={!isVideo}
        class={kind === 'camera' && playback.facing.value === 'user' ? 'mirrored' : ''}
        data-kind={kind}
        playsInline
        muted
        autoplay
        aria-label={kind === 'video' ? 'Video' : 'Camera'}
      />
      {isVideo && <div class="reticle" aria-hidden="true" />}
      {state === 'paused' && <p class="picture-note">Paused</p>}
      {!isVideo && !hasPicture && <Invitation />}
    </div>
  )
}

function Invitation(): VNode {
  const { app, playback } = usePage()
  const bundle = app.bundle.state.value
  if (bundle.kind === 'failed') {
    const refusal = refusalOf(bundle.error)
    return (
      <div class="invitation">
        <p data-testid="bundle-failure" data-code={bundle.error.code}>
          {refusalWords(bundle.error)}
        </p>
        {bundle.error.code === 'unauthorized' && <p>The token can also be typed under Settings.</p>}
        <ErrorCode code={bundle.error.code} />
        {refusal !== undefined && (
          <button
            type="button"
            data-testid="accept-bundle"
            onClick={() => void app.refusedBundles.accept(refusal)}
          >
            {acceptLabel(refusal)}
          </button>
        )}
        <button type="button" data-testid="retry" onClick={() => void app.bundle.open()}>
          Try again
        </button>
      </div>
    )
  }
  return (
    <div class="invitation">
      <svg viewBox="0 0 120 96" aria-hidden="true">
        <circle cx="34" cy="34" r="8" />
        <path d="M24 80l5-34q5-5 10 0l5 34" />
        <circle cx="84" cy="40" r="6" />
        <path d="M77 76l3-26q4-4 8 0l3 26" />
        <circle class="front" cx="60" cy="20" r="11" />
        <path class="front" d="M46 88l6-50q8-7 16 0l6 50" />
      </svg>
      <p>
        {bundle.kind === 'opening'
          ? 'Getting the networks ready …'
          : invitationText(playback.hasDemo.value, bundle.bundle.manifest.classNames)}
      </p>
    </div>
  )
}

/** More names would not be read. */
const mostNamed = 6

/** What to do first. A bundle that the demo has nothing for says what it knows. */
function invitationText(hasDemo: boolean, classNames: readonly string[]): string {
  if (hasDemo) return 'Play the demo: people walk towards the camera, and this device says who it is.'
  const rest = classNames.length - mostNamed
  return `Point the camera at something, or play pictures. This bundle knows ${classNames.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`
}
