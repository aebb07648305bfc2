import type { ComponentChildren, VNode } from 'preact'
import { Icon, type IconName } from '../../components/icon.tsx'
import { usePage } from '../page-context.ts'

/** What to play; while something plays, what to do with it. */
export function Controls(): VNode {
  const { app } = usePage()
  return app.isStreaming.value ? <StreamControls /> : <SourceControls />
}

function SourceControls(): VNode {
  const { playback } = usePage()
  const hasDemo = playback.hasDemo.value
  return (
    <div class="controls" role="group" aria-label="What to play">
      {hasDemo && (
        <button
          type="button"
          class="primary"
          data-testid="play-demo"
          onClick={() => void playback.playDemo()}
        >
          <Icon name="play" />
          Demo
        </button>
      )}
      <button
        type="button"
        class={hasDemo ? '' : 'primary'}
        data-testid="camera"
        onClick={() => void playback.playCamera()}
      >
        <Icon name="camera" />
        Camera
      </button>
      <FileButton icon="images" kind="images">
        Files
      </FileButton>
      <FileButton icon="folder" kind="folder">
        Folder
      </FileButton>
    </div>
  )
}

function StreamControls(): VNode {
  const { app, playback } = usePage()
  const isPaused = app.player.state.value === 'paused'
  const isCamera = app.player.sourceKind.value === 'camera'
  const torch = playback.torch.value
  return (
    <div class="controls" role="group" aria-label="The stream">
      <button type="button" class="primary" data-testid="stop" onClick={() => void playback.stop()}>
        <Icon name="stop" />
        Stop
      </button>
      <button
        type="button"
        data-testid="pause"
        onClick={() => (isPaused ? playback.resume() : playback.pause())}
      >
        <Icon name={isPaused ? 'play' : 'pause'} />
        {isPaused ? 'Go on' : 'Pause'}
      </button>
      {isCamera && (
        <button type="button" data-testid="turn-camera" onClick={() => void playback.turnCamera()}>
          <Icon name="turn" />
          Turn
        </button>
      )}
      {isCamera && torch !== 'none' && (
        <button
          type="button"
          data-testid="torch"
          aria-pressed={torch === 'on'}
          onClick={() => void playback.toggleTorch()}
        >
          <Icon name="torch" />
          Torch
        </button>
      )}
    </div>
  )
}

interface FileButtonProps {
  readonly icon: IconName
  readonly kind: 'images' | 'folder'
  readonly children: ComponentChildren
}

/** Not in the types of JSX, since it is in no standard; every browser on a desktop has it. */
function asFolder(input: HTMLInputElement | null): void {
  if (input !== null) input.webkitdirectory = true
}

function FileButton({ icon, kind, children }: FileButtonProps): VNode {
  const { playback } = usePage()
  const isFolder = kind === 'folder'
  return (
    <label class="button">
      <input
        type="file"
        class="visually-hidden"
        data-testid={`${kind}-input`}
        multiple
        accept={isFolder ? undefined : 'image/*,video/*'}
        ref={isFolder ? asFolder : null}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])]
          // So that the same files can be chosen again.
          currentTarget.value = ''
          if (files.length > 0) void playback.playFiles(files, kind)
        }}
      />
      <Icon name={icon} />
      {children}
    </label>
  )
}
