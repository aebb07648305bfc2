import type { ComponentChildren, VNode } from 'preact'
import { Icon, type IconName } from '../components/icon.tsx'
import { usePage } from './page-context.ts'

/** What to play. */
export function Controls(): VNode {
  const { app, playback } = usePage()
  const isPlaying = app.isPlaying.value
  const isCamera = isPlaying && app.player.sourceKind.value === 'camera'
  return (
    <div class="controls">
      {isPlaying ? (
        <button type="button" class="primary" data-testid="stop" onClick={() => void playback.stop()}>
          <Icon name="stop" />
          Stop
        </button>
      ) : (
        <button type="button" class="primary" data-testid="play-demo" onClick={() => void playback.playDemo()}>
          <Icon name="play" />
          Play demo
        </button>
      )}
      {isCamera ? (
        <button type="button" data-testid="turn-camera" onClick={() => void playback.turnCamera()}>
          <Icon name="turn" />
          Turn
        </button>
      ) : (
        <button type="button" data-testid="camera" onClick={() => void playback.playCamera()}>
          <Icon name="camera" />
          Camera
        </button>
      )}
      <FileButton icon="images" kind="images">
        Images
      </FileButton>
      <FileButton icon="folder" kind="folder">
        Folder
      </FileButton>
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
        accept={isFolder ? undefined : 'image/*'}
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
