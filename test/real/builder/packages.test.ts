/**
 * Package managers on the rungs that promise them: apt installs and purges, triggers of dpkg, users, npm with scripts, tar with foreign owners, capabilities. Needs root
 * to become others, and a mirror of Debian packages.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { needs, promised } from '../../support/skip.ts'
import { debianRoot } from '../support/debian-root.ts'
import { homeOf, slipwayOn } from './on-rung.ts'

const debian = debianRoot('bookworm', ['attr', 'libcap2-bin'])
const uidmap = real('newuidmap', { apt: 'uidmap', version: ['newuidmap'] })
const missing = process.getuid?.() === 0 ? debian.missing : 'becoming another user needs root'

const dockerfile = `FROM scratch
ADD debian.tar /
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping adduser openssh-client npm python3-pip man-db
RUN getcap /usr/bin/ping | sed 's/^/seen /'; stat -c 'seen %U:%G %a %n' /usr/bin/ssh-agent; dpkg --audit | sed 's/^/seen audit /'
RUN useradd -m -G staff app && adduser --system --group --quiet web && id -nG app | sed 's/^/seen /' && install -d -o web -g web /srv/web && stat -c 'seen %U:%G %n' /home/app /srv/web
RUN apt-get purge -y --auto-remove openssh-client man-db && test ! -e /usr/bin/ssh && echo seen ssh is gone && dpkg -l | grep -c '^rc' | sed 's/^/seen left /'
COPY package /package
WORKDIR /work
RUN npm init -y > /dev/null && npm install --foreground-scripts --no-audit --no-fund --install-links file:/package && node -e 'console.log("seen", require("local").told)'
RUN cd /package && npm pack --silent && npm install --global --no-audit --no-fund --foreground-scripts ./local-1.0.0.tgz && local-tool | sed 's/^/seen /'
RUN pip3 install --break-system-packages --no-index --no-build-isolation /package/py && python3 -c 'import localpy; print("seen", localpy.told)'
RUN mkdir /in /out && cd /in && touch a b && ln -s a l && mkdir d && chown 1234:5678 a && chown 77 d && chown -h 5:6 l && tar -cf /t.tar . && tar -C /out -xpf /t.tar && stat -c 'seen %u:%g %n' /out/a /out/b /out/d /out/l
RUN cp /bin/true /usr/bin/t && setcap cap_net_bind_service,cap_chown+ep /usr/bin/t && getcap /usr/bin/t | sed 's/^/seen /' && cp /bin/chown /usr/bin/give && setcap cap_chown+ep /usr/bin/give && touch /given
USER app
RUN id -un | sed 's/^/seen /'; touch ~/mine; stat -c 'seen %U %n' ~/mine; give 12:34 /given && stat -c 'seen %u:%g %n' /given; touch /srv/web/x 2> /dev/null && test "$(stat -c %U /srv/web/x)" = app && echo seen a file for itself; true
`

const expected = [
  '/usr/bin/ping cap_net_raw=ep',
  'root:_ssh 2755 /usr/bin/ssh-agent',
  'app staff',
  'app:app /home/app',
  'web:web /srv/web',
  'ssh is gone',
  'prepared by postinstall',
  'a tool',
  'from python',
  '1234:5678 /out/a',
  '0:0 /out/b',
  '77:0 /out/d',
  '5:6 /out/l',
  '/usr/bin/t cap_chown,cap_net_bind_service=ep',
  'app',
  'app /home/app/mine',
]

describe('package managers', promised('ci', needs(missing === undefined, missing ?? '')), () => {
  let folder: string
  let context: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-packages-'))
    chmodSync(folder, 0o755)
    context = join(folder, 'context')
    for (const path of ['package/py', 'package/bin']) mkdirSync(join(context, path), { recursive: true })
    execFileSync('tar', ['-C', debian.folder ?? '', '--exclude=./var/cache/apt/archives/*.deb', '-cf', join(context, 'debian.tar'), '.'])
    const scripts = { postinstall: `node -e "require('fs').writeFileSync('made.json', JSON.stringify('prepared by postinstall'))"` }
    const files = {
      'package/package.json': JSON.stringify({ name: 'local', version: '1.0.0', main: 'index.js', bin: { 'local-tool': 'bin/tool.js' }, scripts }),
      'package/index.js': "exports.told = require('./made.json')\n",
      'package/bin/tool.js': "#!/usr/bin/env node\nconsole.log('a tool')\n",
      'package/py/setup.py': "from setuptools import setup\nsetup(name='localpy', version='1', py_modules=['localpy'])\n",
      'package/py/localpy.py': "told = 'from python'\n",
      Dockerfile: dockerfile,
    }
    for (const [path, text] of Object.entries(files)) writeFileSync(join(context, path), text, { mode: path.includes('/bin/') ? 0o755 : 0o644 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const rung of [3, 4, 6] as const) {
    it(`do their work on rung ${rung}`, { ...(rung === 3 ? uidmap.options : {}), timeout: 900_000 }, async () => {
      const { code, said, seen } = await slipwayOn(rung, folder, ['build', '--progress', 'plain', '-t', 'a:1', context])
      expect({ code, said: code === 0 ? '' : said.slice(-4000) }).toEqual({ code: 0, said: '' })
      expect(said).toContain(`RUN on rung ${rung}`)
      expect(seen).toEqual(expect.arrayContaining(expected))
      expect(seen.filter((line) => line.startsWith('audit'))).toEqual([])
      // A program with a capability, executed by somebody else: one id has nobody to keep it from, and on a changed root nothing gains rights.
      expect(seen.includes('12:34 /given')).toBe(rung === 3)
      rmSync(homeOf(rung, folder), { recursive: true, force: true })
    })
  }
})
