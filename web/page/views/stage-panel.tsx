import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { AnswerBox } from './answer-box.tsx'
import { Controls } from './controls.tsx'
import { usePage } from './page-context.ts'
import { Strip } from './strip.tsx'

/** The picture, the answer under it, the buttons, and the last frames. Images can be dropped on it. */
export function StagePanel(): VNode {
  const { app, playback } = usePage()
  const isDropping = useSignal(false)

  function drop(event: DragEvent): void {
    event.preventDefault()
    isDropping.value = false
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length > 0) void playback.playFiles(files, 'images')
  }

  return (
    <section
      class="panel stage"
      aria-label="Stream"
      data-dropping={isDropping.value}
      onDragOver={(event) => {
        event.preventDefault()
        isDropping.value = true
      }}
      onDragLeave={() => void (isDropping.value = false)}
      onDrop={drop}
    >
      <div class="stage-top">
        <PictureBox />
        <AnswerBox />
      </div>
      <Controls />
      <Strip />
      <p class="visually-hidden" data-testid="stream-state" data-state={app.player.state.value}>
        {app.player.state.value}
      </p>
    </section>
  )
}

function PictureBox(): VNode {
  const { app, playback } = usePage()
  const state = app.player.state.value
  const isCamera = app.player.sourceKind.value === 'camera' && state === 'playing'
  const hasPicture = state !== 'idle' && !isCamera && app.session.view.value.totals.frames > 0
  return (
    <div class="picture">
      <canvas ref={app.stage.attachCanvas} width={192} height={192} hidden={!hasPicture} role="img" aria-label="The frame that is being answered" />
      <video
        ref={app.stage.attachVideo}
        hidden={!isCamera}
        class={playback.facing.value === 'user' ? 'mirrored' : ''}
        playsInline
        muted
        autoplay
        aria-label="Camera"
      />
      {!isCamera && !hasPicture && <Invitation />}
    </div>
  )
}

function Invitation(): VNode {
  const { app } = usePage()
  const bundle = app.bundle.state.value
  if (bundle.kind === 'failed') {
    return (
      <div class="invitation">
        <p>{bundle.error.message}</p>
        <code>{bundle.error.code}</code>
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
      <p>{bundle.kind === 'opening' ? 'Getting the networks ready …' : 'Play the demo: people walk towards the camera, and this device says who it is.'}</p>
    </div>
  )
}
