import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { filesOfDrop } from '../../sources/dropped-files.ts'
import { AnswerBox } from './answer-box.tsx'
import { Controls } from './controls.tsx'
import { formatCount, formatShare } from '../format.ts'
import { usePage } from '../page-context.ts'
import { PictureBox } from './picture-box.tsx'
import { Strip } from './strip.tsx'

/**
 * The picture, the answer, where it came from, and the buttons. Images, videos and folders can be dropped on
 * it.
 */
export function WatchScreen(): VNode {
  const { app, playback } = usePage()
  const isDropping = useSignal(false)

  function drop(event: DragEvent): void {
    event.preventDefault()
    isDropping.value = false
    if (event.dataTransfer === null) return
    // Begun at once: what was dropped can be read for as long as the event lasts.
    void filesOfDrop(event.dataTransfer).then(({ files, isFolder }) => {
      if (files.length > 0) void playback.playFiles(files, isFolder ? 'folder' : 'images')
    })
  }

  return (
    <section
      class="watch"
      aria-label="Stream"
      data-dropping={isDropping.value}
      onDragOver={(event) => {
        event.preventDefault()
        isDropping.value = true
      }}
      onDragLeave={() => void (isDropping.value = false)}
      onDrop={drop}
    >
      <PictureBox />
      <div class="watch-side">
        <AnswerBox />
        <div class="recent">
          <Strip />
          <Summary />
        </div>
        <Controls />
      </div>
      <p class="visually-hidden" data-testid="stream-state" data-state={app.player.state.value}>
        {app.player.state.value}
      </p>
    </section>
  )
}

/** The stream in two numbers; the rest is under Insight. */
function Summary(): VNode {
  const { app } = usePage()
  const { frames, hits, missesHere } = app.streamView.tally.value.totals
  return (
    <dl class="summary">
      <div data-testid="counter-frames">
        <dt>frames</dt>
        <dd>{formatCount(frames)}</dd>
      </div>
      <div>
        <dt>answered here</dt>
        <dd>{frames === 0 ? '–' : formatShare((hits + missesHere) / frames)}</dd>
      </div>
    </dl>
  )
}
