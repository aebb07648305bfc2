import type { VNode } from 'preact'
import type { EdgeState } from '../edge/edge-client.ts'
import { usePage } from './page-context.ts'

const edgeTexts: Readonly<Record<EdgeState, string>> = {
  online: 'Edge is there',
  offline: 'Edge is away',
  unknown: 'Edge not asked yet',
}

export function Header(): VNode {
  const { app, install } = usePage()
  const edge = app.edgeState.value
  return (
    <header>
      <h1>
        <img src="/icons/icon.svg" alt="" width={28} height={28} />
        CacheNet
      </h1>
      {install.way.value === 'prompt' && (
        <button type="button" class="quiet" data-testid="install" onClick={() => void install.prompt()}>
          Install
        </button>
      )}
      <p class="edge-state" data-testid="edge-state" data-state={edge}>
        {edgeTexts[edge]}
      </p>
    </header>
  )
}
