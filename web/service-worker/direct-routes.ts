import { apiPaths } from '../../core/wire/frames.ts'

/** Static routing of the service worker specification, which TypeScript's library does not know yet. */
interface RoutableInstallEvent extends ExtendableEvent {
  addRoutes?(
    rules: readonly {
      readonly condition: { readonly urlPattern: string; readonly requestMethod: string }
      readonly source: 'network'
    }[],
  ): Promise<void>
}

/**
 * Frames go to the edge past this worker, which has nothing to add to them: without a turn of its event loop,
 * and without starting it where the browser has stopped it meanwhile. Where the browser knows no such routes
 * they come by here, and are left to the network.
 */
export function sendFramesDirectly(event: RoutableInstallEvent): void {
  if (event.addRoutes === undefined) return
  const routed = event.addRoutes([
    { condition: { urlPattern: apiPaths.frames(':bundleId'), requestMethod: 'POST' }, source: 'network' },
  ])
  // A browser that reads the rule in another way serves frames as one without routes does.
  event.waitUntil(routed.catch(() => undefined))
}
