/** RUN --mount: types, options and defaults. */
import { casesOn, wholeCases } from '../case.ts'

const list = 'ls -lan "$D" | tail -n +2 | tr -s " " | cut -d" " -f1,3,4,9-'

export const mountCases = [
  ...casesOn('busybox', [
    ['bind of the context', 'RUN --mount=target=/ctx cat /ctx/a.txt /ctx/d/s/y > /out'],
    ['bind of a file', 'RUN --mount=type=bind,source=d/x,target=/x cat /x > /out'],
    ['bind of a folder', `RUN --mount=type=bind,source=d,target=/m D=/m; (${list}) > /out`],
    ['bind, relative target', 'WORKDIR /w\nRUN --mount=source=d,target=m ls m > out'],
    ['bind is read-only', 'RUN --mount=target=/ctx touch /ctx/new 2> /dev/null || echo refused > /out'],
    ['bind with rw keeps nothing', 'RUN --mount=target=/ctx,rw echo new > /ctx/new && echo more >> /ctx/a.txt && cat /ctx/a.txt > /out'],
    ['bind over what is there', 'RUN --mount=source=d,target=/srv/data ls /srv/data > /out\nRUN ls /srv/data > /out2'],
    ['bind of a stage', 'RUN --mount=from=busybox,source=/srv/data,target=/m ls -R /m > /out'],
    ['owner and mode of what is bound', 'RUN --mount=target=/ctx stat -c "%a %u:%g %n" /ctx /ctx/a.txt /ctx/exe.sh /ctx/d > /out'],
    ['times of what is bound', 'RUN --mount=target=/ctx stat -c "%Y %n" /ctx/a.txt /ctx/d/x > /out'],
    ['tmpfs', 'RUN --mount=type=tmpfs,target=/t touch /t/x && stat -c %a /t > /out'],
    ['tmpfs with a size', 'RUN --mount=type=tmpfs,target=/t,size=1m dd if=/dev/zero of=/t/x bs=1M count=3 2> /dev/null || echo full > /out'],
    ['tmpfs over what is there', 'RUN --mount=type=tmpfs,target=/srv ls /srv > /out'],
    ['cache', `RUN --mount=type=cache,target=/c,id=parity-1 echo x > /c/x; D=/c; (${list}; stat -c "%a %u:%g" /c) > /out`],
    ['cache, kept between two', 'RUN --mount=type=cache,target=/c,id=parity-2 echo x > /c/x\nRUN --mount=type=cache,target=/d,id=parity-2 cp /d/x /out'],
    [
      'cache, by target',
      'RUN --mount=type=cache,target=/parity/cache echo y > /parity/cache/y\nRUN --mount=type=cache,target=/parity/cache cp /parity/cache/y /out',
    ],
    ['cache with owner and mode', 'RUN --mount=type=cache,target=/c,id=parity-3,uid=1000,gid=50,mode=0700 stat -c "%a %u:%g" /c > /out'],
    ['cache as a user', 'USER app\nRUN --mount=type=cache,target=/tmp/c,id=parity-4,uid=1000 touch /tmp/c/x && stat -c "%a %u:%g" /tmp/c > /tmp/out'],
    ['cache, read-only', 'RUN --mount=type=cache,target=/c,id=parity-5,ro touch /c/x 2> /dev/null || echo refused > /out'],
    [
      'cache, locked',
      'RUN --mount=type=cache,target=/c,id=parity-6,sharing=locked touch /c/x\nRUN --mount=type=cache,target=/c,id=parity-6,sharing=locked ls /c > /out',
    ],
    ['cache, private', 'RUN --mount=type=cache,target=/c,id=parity-7,sharing=private touch /c/x'],
    ['cache that begins with a folder', 'RUN --mount=type=cache,target=/c,id=parity-8,from=busybox,source=/srv/data ls -R /c > /out'],
    ['cache in the working folder', 'WORKDIR /w\nRUN --mount=type=cache,target=node_modules,id=parity-9 touch node_modules/x && ls > /out'],
    ['cache below HOME', 'RUN --mount=type=cache,target=/root/.cache,id=parity-10 touch /root/.cache/x'],
    ['two caches in one', 'RUN --mount=type=cache,target=/c,id=parity-11 --mount=type=cache,target=/c/d,id=parity-12 touch /c/d/x && ls -R /c > /out'],
    ['secret', 'RUN --mount=type=secret,id=s cat /run/secrets/s > /out; stat -c "%a %u:%g" /run/secrets/s >> /out', { secrets: { s: 'hidden' } }],
    ['secret at a place', 'RUN --mount=type=secret,id=s,target=/etc/token cat /etc/token > /out', { secrets: { s: 'hidden' } }],
    [
      'secret with owner and mode',
      'RUN --mount=type=secret,id=s,target=/t,uid=1000,gid=50,mode=0440 stat -c "%a %u:%g" /t > /out',
      { secrets: { s: 'hidden' } },
    ],
    [
      'secret as a variable',
      'RUN --mount=type=secret,id=s,env=TOKEN echo "$TOKEN" > /out; ls -d /run/* > /out2 2> /dev/null || true',
      { secrets: { s: 'hidden' } },
    ],
    ['secret as a variable and a file', 'RUN --mount=type=secret,id=s,env=TOKEN,target=/t echo "$TOKEN" > /out; cat /t >> /out', { secrets: { s: 'hidden' } }],
    ['secret that is missing', 'RUN --mount=type=secret,id=none ls /run/secrets > /out 2> /dev/null || echo none > /out'],
    ['secret that is missing and required', 'RUN --mount=type=secret,id=none,required true', { fails: { code: 'BUILD_SECRET_MISSING', line: 2 } }],
    ['secret relative', 'WORKDIR /w\nRUN --mount=type=secret,id=s,target=tok cat tok > out', { secrets: { s: 'hidden' } }],
    ['ssh', 'RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && stat -c "%a %u:%g" "$SSH_AUTH_SOCK" > /out && echo "$SSH_AUTH_SOCK" >> /out', { ssh: true }],
    [
      'ssh with owner and place',
      'RUN --mount=type=ssh,target=/agent,uid=1000,gid=50,mode=0660 stat -c "%a %u:%g" /agent > /out; echo "$SSH_AUTH_SOCK" >> /out',
      { ssh: true },
    ],
    ['ssh that is missing', 'RUN --mount=type=ssh,id=other echo "${SSH_AUTH_SOCK-none}" > /out'],
    ['ssh that is missing and required', 'RUN --mount=type=ssh,id=other,required true', { fails: { code: 'BUILD_SECRET_MISSING', line: 2 } }],
    [
      'several mounts',
      'RUN --mount=type=bind,source=d,target=/d --mount=type=tmpfs,target=/t --mount=type=cache,target=/c,id=parity-13 cp /d/x /t/x && cp /t/x /c/x && cp /c/x /out',
    ],
    ['mounts with variables', 'ARG WHERE=/v\nARG ID=parity-14\nRUN --mount=type=cache,target=${WHERE},id=$ID touch /v/x && ls /v > /out'],
    ['empty mount points do not stay', 'RUN --mount=type=tmpfs,target=/a/b/c --mount=type=cache,target=/a/d,id=parity-15 true'],
    ['what is put beside a mount point stays', 'RUN --mount=type=tmpfs,target=/a/b touch /a/x /a/b/y'],
    ['mount through a link', 'RUN ln -s /srv /l\nRUN --mount=type=tmpfs,target=/l/t touch /srv/t/x && ls /srv > /out'],
    ['security insecure', 'RUN --security=insecure true', { fails: { code: 'BUILD_NOT_SUPPORTED_YET', line: 2 } }],
  ]),
  ...wholeCases([
    [
      'bind from an earlier stage',
      'FROM busybox AS made\nRUN mkdir /m && echo made > /m/x\nFROM busybox\nRUN --mount=from=made,source=/m,target=/m cp /m/x /out && stat -c "%a %u:%g" /m >> /out',
    ],
    ['bind of a whole stage', 'FROM busybox AS made\nRUN rm -r /srv && mkdir /own\nFROM busybox\nRUN --mount=from=made,target=/m ls /m > /out'],
    [
      'bind of a link in a stage',
      'FROM busybox AS made\nRUN mkdir /v1 && echo 1 > /v1/x && ln -s v1 /current\nFROM busybox\nRUN --mount=from=made,source=/current,target=/m cat /m/x > /out',
    ],
    [
      'cache from a stage',
      'FROM busybox AS made\nRUN mkdir /m && echo made > /m/x && chown app /m\nFROM busybox\nRUN --mount=type=cache,from=made,source=/m,target=/c,id=parity-16 cat /c/x > /out; stat -c "%a %u:%g" /c >> /out',
    ],
  ]),
]
