import type { PinStore } from './manifest-trust.ts'
import type { Pin } from './pin.ts'

/** Pins that last as long as the page. */
export function createMemoryPins(): PinStore & { set(name: string, pin: Pin): void } {
  const pins = new Map<string, Pin>()
  return {
    update: (name, decide) => Promise.resolve().then(() => void pins.set(name, decide(pins.get(name)))),
    set: (name, pin) => void pins.set(name, pin),
  }
}
