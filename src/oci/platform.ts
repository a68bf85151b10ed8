/** Platforms: what a binary runs on, in the normal form that registries use. */
import { diagnose } from '../base/diagnostic.ts'
import type { Checked } from '../base/result.ts'
import type { Span } from '../base/span.ts'

export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  readonly 'os.version'?: string
  readonly 'os.features'?: readonly string[]
}

const architectures: Readonly<Record<string, { readonly architecture: string; readonly variant?: string }>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  x64: { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  i386: { architecture: '386' },
  i686: { architecture: '386' },
  ia32: { architecture: '386' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
}

/** `os/arch[/variant]`; a lone architecture means Linux, as docker's --platform takes it. */
export function parsePlatform(text: string, o: { readonly at?: Span } = {}): Checked<Platform> {
  const parts = text.trim().toLowerCase().split('/')
  const bad = (reason: string) => ({ ok: false, diagnostics: [diagnose('PLATFORM_INVALID', { text, reason }, o)] }) as const
  if (parts.some((part) => part === '')) return bad('a part is empty')
  if (parts.length > 3) return bad('it has more than three parts')
  if (parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return bad('it holds characters that no platform has')
  const [first = '', second, third] = parts
  if (second === undefined && ['linux', 'windows', 'darwin', 'freebsd'].includes(first)) return bad('the architecture is missing')
  const platform =
    second === undefined ? { os: 'linux', architecture: first } : { os: first, architecture: second, ...(third !== undefined && { variant: third }) }
  return { ok: true, value: normalPlatform(platform), diagnostics: [] }
}

/** One spelling per platform: aarch64 is arm64, arm64/v8 is arm64, arm is arm/v7, amd64/v1 is amd64. */
export function normalPlatform(platform: Platform): Platform {
  const known = architectures[platform.architecture]
  const architecture = known?.architecture ?? platform.architecture
  const given = platform.variant ?? known?.variant ?? (architecture === 'arm' ? 'v7' : undefined)
  const variant = given?.replace(/^(\d)/, 'v$1')
  const implied = (architecture === 'arm64' && variant === 'v8') || (architecture === 'amd64' && variant === 'v1')
  const { variant: _dropped, ...rest } = platform
  return { ...rest, os: platform.os.toLowerCase(), architecture, ...(variant !== undefined && variant !== '' && !implied && { variant }) }
}

export function showPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, ...(platform.variant === undefined ? [] : [platform.variant])].join('/')
}

/** Equal after normalisation; the OS version counts only when both name one. */
export function samePlatform(a: Platform, b: Platform): boolean {
  const [x, y] = [normalPlatform(a), normalPlatform(b)]
  const versions = x['os.version'] === undefined || y['os.version'] === undefined || x['os.version'] === y['os.version']
  return x.os === y.os && x.architecture === y.architecture && x.variant === y.variant && versions
}

/** The best of several: the same platform, else an older variant of the same CPU that it can also run, newest first. */
export function choosePlatform<T extends { readonly platform?: Platform }>(wanted: Platform, choices: readonly T[]): T | undefined {
  const exact = choices.find((choice) => choice.platform !== undefined && samePlatform(choice.platform, wanted))
  if (exact !== undefined) return exact
  const want = normalPlatform(wanted)
  const fits = (choice: T): boolean => {
    if (choice.platform === undefined) return false
    const have = normalPlatform(choice.platform)
    return have.os === want.os && have.architecture === want.architecture && variantOf(have) <= variantOf(want)
  }
  return choices.filter(fits).sort((a, b) => variantOf(b.platform) - variantOf(a.platform))[0]
}

function variantOf(platform: Platform | undefined): number {
  return Number(/^v(\d+)/.exec(platform?.variant ?? '')?.[1] ?? 0)
}
