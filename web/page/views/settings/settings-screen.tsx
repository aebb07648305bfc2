import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import '../../styles/settings.css'
import { usePage } from '../page-context.ts'
import { PlaceReportScreen } from '../places/place-report-screen.tsx'
import { useLearnedPlaces } from '../places/use-learned-places.ts'
import { AboutThis } from './about-this.tsx'
import { EdgeSettings } from './edge-settings.tsx'
import { LookSettings } from './look-settings.tsx'
import { PlacesSetting } from './places-setting.tsx'
import { ProbingSettings } from './probing-settings.tsx'
import { StreamSettings } from './stream-settings.tsx'
import { ThresholdSetting } from './threshold-setting.tsx'
import { TrafficSettings } from './traffic-settings.tsx'

export function SettingsScreen(): VNode {
  const { reportedPlace } = usePage()
  const places = useLearnedPlaces()
  const reported = reportedPlace.value
  const section = useRef<HTMLElement>(null)
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    // Whoever comes back from a report goes on where they left.
    if (reported === undefined && before.current !== undefined)
      section.current?.querySelector<HTMLElement>(`[data-place="${before.current}"] a`)?.focus()
    before.current = reported
  }, [reported])
  return (
    <>
      {reported !== undefined && <PlaceReportScreen key={reported} placeId={reported} places={places} />}
      <section class="screen settings" aria-label="Settings" ref={section} hidden={reported !== undefined}>
        <div class="panel">
          <h2>When to trust this device</h2>
          <ThresholdSetting />
          <ProbingSettings />
        </div>
        <div class="panel">
          <h2>Stream</h2>
          <StreamSettings />
        </div>
        <div class="panel">
          <h2>Edge</h2>
          <EdgeSettings />
        </div>
        <div class="panel">
          <h2>What is sent and fetched</h2>
          <TrafficSettings />
        </div>
        {places !== undefined && <PlacesSetting places={places} />}
        <div class="panel">
          <h2>Look</h2>
          <LookSettings />
        </div>
        <AboutThis />
      </section>
    </>
  )
}
