#!/usr/local/bin/node
// Stands in for kaniko's executor, whose image cannot be had here: takes its flags and refuses all others, finds its logins and leaves its files
// where the executor does, runs as root only, and builds with Slipway. It says how it was started, in one line.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const repeated = new Set([
  'destination',
  'build-arg',
  'label',
  'registry-map',
  'insecure-registry',
  'skip-tls-verify-registry',
  'registry-certificate',
  'ignore-path',
])
const single = new Set([
  'dockerfile',
  'context',
  'target',
  'digest-file',
  'tar-path',
  'oci-layout-path',
  'snapshot-mode',
  'cache',
  'cache-repo',
  'custom-platform',
])
const switches = new Set(['no-push', 'reproducible', 'single-snapshot'])

const flags = {}
for (const word of process.argv.slice(2)) {
  const [, name = '', value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? []
  if (switches.has(name) && value === undefined) flags[name] = true
  else if (repeated.has(name) && value !== undefined) flags[name] = [...(flags[name] ?? []), value]
  else if (single.has(name) && value !== undefined && flags[name] === undefined) flags[name] = value
  else fail(`unknown or repeated flag: ${word}`)
}
console.log(`executor: ${JSON.stringify(process.argv.slice(1))}`)
if (process.getuid() !== 0) fail('kaniko should be run as root')
const logins = `${process.env.DOCKER_CONFIG}/config.json`
console.log(`logins: ${existsSync(logins) ? Object.keys(JSON.parse(readFileSync(logins, 'utf8')).auths).join(' ') : 'none'}`)

const hosts = (flags['registry-map'] ?? [])
  .flatMap((text) => text.split(';'))
  .map((pair) => {
    const [match, place] = pair.split('=')
    return { match: match === 'index.docker.io' ? 'docker.io' : match, endpoint: `http://${place}` }
  })
for (const host of flags['insecure-registry'] ?? []) hosts.push({ match: host, plainHttp: true })
mkdirSync('/tmp/home/.slipway', { recursive: true })
writeFileSync('/tmp/home/.slipway/config.yaml', JSON.stringify({ hosts }))

const context = flags.context?.replace(/^dir:\/\//, '') ?? fail('no context')
const outputs = [
  ...(flags['tar-path'] === undefined ? [] : ['-o', `type=docker,dest=${flags['tar-path']}`]),
  ...(flags['oci-layout-path'] === undefined ? [] : ['-o', `type=oci,tar=false,dest=${flags['oci-layout-path']}`]),
]
for (const name of ['tar-path', 'oci-layout-path']) if (flags[name] !== undefined) mkdirSync(dirname(flags[name]), { recursive: true })
const built = spawnSync(
  '/usr/local/bin/node',
  [
    '/opt/slipway/slipway.mjs',
    'build',
    ...['-f', flags.dockerfile, '--progress', 'plain', '--metadata-file', '/tmp/metadata.json'],
    ...(flags.destination ?? []).flatMap((name) => ['-t', name]),
    ...(flags['build-arg'] ?? []).flatMap((arg) => ['--build-arg', arg]),
    ...(flags.label ?? []).flatMap((label) => ['--label', label]),
    ...(flags.target === undefined ? [] : ['--target', flags.target]),
    ...(flags['no-push'] === true ? [] : ['--push']),
    ...outputs,
    context,
  ],
  { stdio: 'inherit', cwd: '/tmp/home', env: { ...process.env, HOME: '/tmp/home', SLIPWAY_HOME: '/tmp/home/data' } },
)
if (built.status !== 0) process.exit(built.status ?? 1)
writeFileSync(flags['digest-file'] ?? fail('nobody asks for the digest'), JSON.parse(readFileSync('/tmp/metadata.json', 'utf8'))['containerimage.digest'])

function fail(reason) {
  console.error(`error: ${reason}`)
  process.exit(1)
}
