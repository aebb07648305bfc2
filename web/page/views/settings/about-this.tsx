import type { VNode } from 'preact'
import { usePage } from '../page-context.ts'
import { ThreadsSetting } from './threads-setting.tsx'

/** What this browser gives the app, and how to install it. */
export function AboutThis(): VNode {
  const { app, install } = usePage()
  const way = install.way.value
  return (
    <div class="panel" data-testid="about">
      <h2>This device</h2>
      <ThreadsSetting />
      <ul class="facts">
        <li>Networks run on this device’s own processor.</li>
        <li>
          {crossOriginIsolated
            ? 'Networks may use several threads here.'
            : 'Networks may use one thread only: the edge sends no isolation headers here.'}
        </li>
        <li>
          {app.cacheView.isPersistent.value
            ? 'What is fetched is stored: the app works with no network.'
            : 'What is fetched is kept only while the page is open.'}
        </li>
      </ul>
      {way === 'prompt' && (
        <button type="button" class="primary" onClick={() => void install.prompt()}>
          Install the app
        </button>
      )}
      {way === 'ios' && (
        <p data-testid="install-ios">
          To install on an iPhone or iPad: tap <strong>Share</strong>, then{' '}
          <strong>Add to Home Screen</strong>. Safari deletes what a mere tab has stored after seven days
          without a visit; an installed app keeps it.
        </p>
      )}
    </div>
  )
}
