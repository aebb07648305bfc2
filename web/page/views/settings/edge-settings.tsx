import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { settingOf } from '../../state/settings-schema.ts'
import { usePage } from '../page-context.ts'
import { BundleSigner } from './bundle-signer.tsx'

/** Where the edge is, and what it asks for. Both come with the QR code that the edge shows. */
export function EdgeSettings(): VNode {
  const { app } = usePage()
  const { edgeUrl, edgeToken } = app.settings.values.value
  const wrong = useSignal<'edgeUrl' | 'edgeToken' | null>(null)

  function take(name: 'edgeUrl' | 'edgeToken', text: string): void {
    const value = settingOf(name, text.trim())
    wrong.value = value === undefined ? name : null
    if (value === undefined) return
    app.changeSettings({ [name]: value })
    void app.bundle.open()
  }

  return (
    <>
      <label class="field">
        <span>Address</span>
        <input
          type="url"
          data-testid="edge-url"
          value={edgeUrl}
          placeholder={location.origin}
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={wrong.value === 'edgeUrl'}
          onChange={({ currentTarget }) => take('edgeUrl', currentTarget.value)}
        />
        <small>
          {wrong.value === 'edgeUrl'
            ? 'That is no address; it begins with https://. Nothing was changed.'
            : 'Empty: where this page came from.'}
        </small>
      </label>
      <label class="field">
        <span>Access token</span>
        <input
          type="password"
          data-testid="edge-token"
          value={edgeToken}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={wrong.value === 'edgeToken'}
          onChange={({ currentTarget }) => take('edgeToken', currentTarget.value)}
        />
        <small>
          {wrong.value === 'edgeToken'
            ? 'A token has no spaces. Nothing was changed.'
            : 'Only where the edge asks for one. It comes with the edge’s QR code, and stays on this device.'}
        </small>
      </label>
      <BundleSigner />
    </>
  )
}
