/** What the scans of a run found: counts by severity, what the gate held, and the findings themselves. */
import { useSignal } from '@preact/signals'
import { scanLine } from '../../src/events/scan-line.ts'
import type { ScanFinding, ScanSummary } from '../../src/events/scan-summary.ts'
import { hrefOf } from '../router.ts'
import type { Tone } from '../status/status.ts'
import { Empty } from '../ui/empty.tsx'
import { Icon } from '../ui/icon.tsx'
import { Wide } from '../ui/wide.tsx'
import type { TabProps } from './run-page.tsx'

const tones: Readonly<Record<string, Tone>> = { critical: 'bad', high: 'bad', medium: 'warn', low: 'still', unknown: 'still', none: 'still' }

export function ScanTab({ live, route }: TabProps) {
  const steps = [...live.view.value.steps.values()].flatMap(({ path, name, scan }) => (scan === undefined ? [] : [{ path, name, scan }]))
  if (steps.length === 0) {
    return (
      <Empty title="No scans" command="slipway scan IMAGE">
        No step of this run has scanned anything. An AquaTrivy step does; this command scans an image by itself.
      </Empty>
    )
  }
  return (
    <div class="tab">
      {steps.map(({ path, name, scan }) => (
        <section key={path} class="card">
          <h2>
            <a href={hrefOf({ kind: 'run', run: route.run, tab: 'steps', step: path })}>{name}</a>
            <code>{scan.what}</code>
          </h2>
          <Scan scan={scan} />
        </section>
      ))}
    </div>
  )
}

function Scan({ scan }: { readonly scan: ScanSummary }) {
  const wanted = useSignal('')
  const severities = Object.entries(scan.counts).filter(([, count]) => count > 0)
  const shown = scan.findings.filter(({ severity }) => wanted.value === '' || severity === wanted.value)
  return (
    <>
      <p class="scan-line">{scanLine(scan)}</p>
      <p class="faint">
        {[scan.scanner.name, scan.scanner.version, scan.distribution].filter(Boolean).join(' · ')}
        {scan.gate.held > 0 ? ` · the gate (${scan.gate.level}) held ${scan.gate.held}` : ''}
      </p>
      {severities.length > 0 && (
        <fieldset class="chips" aria-label="Severity">
          {severities.map(([severity, count]) => (
            <button
              key={severity}
              type="button"
              class={`chip ${tones[severity] ?? 'still'}`}
              aria-pressed={wanted.value === severity}
              onClick={() => {
                wanted.value = wanted.value === severity ? '' : severity
              }}
            >
              {`${count} ${severity}`}
            </button>
          ))}
        </fieldset>
      )}
      {shown.length > 0 && (
        <Wide label="Findings">
          <table class="findings">
            <thead>
              <tr>
                <th>Severity</th>
                <th>Flaw</th>
                <th>Package</th>
                <th>Mended in</th>
                <th>Layer</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((finding) => (
                <Finding key={`${finding.id} ${finding.package} ${finding.path ?? ''}`} finding={finding} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {scan.more > 0 && <p class="faint">{`and ${scan.more} more`}</p>}
    </>
  )
}

function Finding({ finding }: { readonly finding: ScanFinding }) {
  const { id, severity, url, title, package: name, version, fixedVersion, layer, fresh } = finding
  // Text of strangers: only an address of the web becomes a link.
  const link = url !== undefined && /^https?:\/\//.test(url) ? url : undefined
  return (
    <tr>
      <td>
        <span class={`badge ${tones[severity] ?? 'still'}`}>{severity}</span>
        {fresh === true && <span class="pill live">new</span>}
      </td>
      <td>
        {link === undefined ? (
          <strong>{id}</strong>
        ) : (
          <a href={link} target="_blank" rel="noreferrer noopener">
            {id}
            <Icon name="link" />
          </a>
        )}
        {title !== undefined && <span class="finding-title">{title}</span>}
      </td>
      <td>
        <code>{`${name} ${version}`}</code>
      </td>
      <td>{fixedVersion === undefined ? <span class="faint">not yet</span> : <code>{fixedVersion}</code>}</td>
      <td title={layer?.createdBy}>{layer === undefined ? '' : layer.number}</td>
    </tr>
  )
}
