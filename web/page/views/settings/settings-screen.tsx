import type { VNode } from 'preact'
import '../../styles/settings.css'
import { AboutThis } from './about-this.tsx'
import { EdgeSettings } from './edge-settings.tsx'
import { LookSettings } from './look-settings.tsx'
import { PlacesSetting } from './places-setting.tsx'
import { ProbingSettings } from './probing-settings.tsx'
import { StreamSettings } from './stream-settings.tsx'
import { ThresholdSetting } from './threshold-setting.tsx'
import { TrafficSettings } from './traffic-settings.tsx'

export function SettingsScreen(): VNode {
  return (
    <section class="screen settings" aria-label="Settings">
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
      <PlacesSetting />
      <div class="panel">
        <h2>Look</h2>
        <LookSettings />
      </div>
      <AboutThis />
    </section>
  )
}
