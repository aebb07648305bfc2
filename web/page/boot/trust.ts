import { createDeviceTrust, type DeviceTrust } from '../../../core/trust/manifest-trust.ts'
import { createPinStore } from '../../storage/pin-store.ts'

/** Whose bundles this device takes: one for the page and its service worker, which share what is stored. */
export const deviceTrust: DeviceTrust = createDeviceTrust(createPinStore(), () => location.origin)
