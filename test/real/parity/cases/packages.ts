/** A minimal Debian: package managers, users, capabilities. */
import { casesOn } from '../case.ts'

/** A package of one program and one changed owner, made where it is installed: no mirror is needed. */
const makePackage = `RUN <<EOF
export SOURCE_DATE_EPOCH=1577836800
mkdir -p /pkg/DEBIAN /pkg/usr/bin /pkg/etc/greet /repo
printf 'Package: greet\\nVersion: 1.2\\nArchitecture: all\\nMaintainer: Nobody <nobody@example.com>\\nDescription: greets\\n' > /pkg/DEBIAN/control
printf '#!/bin/sh\\nadduser --system --group --no-create-home greet 2> /dev/null || useradd -r greet\\nchown greet /etc/greet/conf\\n' > /pkg/DEBIAN/postinst
printf '#!/bin/sh\\necho greetings\\n' > /pkg/usr/bin/greet
echo conf > /pkg/etc/greet/conf
echo /etc/greet/conf > /pkg/DEBIAN/conffiles
chmod 755 /pkg/DEBIAN/postinst /pkg/usr/bin/greet
touch -d '2020-01-01' /pkg/usr/bin/greet /pkg/etc/greet/conf /pkg/usr/bin /pkg/usr /pkg/etc /pkg/etc/greet
dpkg-deb --build /pkg /repo/greet.deb > /dev/null
rm -rf /pkg
EOF`

/** Their content tells when they were written. */
const tidy =
  'rm -rf /var/log/* /var/cache/ldconfig /var/cache/apt /var/lib/apt/lists /repo /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- && sed -i "s/^\\(greet:[^:]*\\):[0-9]*/\\1:1/" /etc/shadow'

export const packageCases = casesOn('debian', [
  ['dpkg -i', `${makePackage}\nRUN dpkg -i /repo/greet.deb && greet > /out && ${tidy}`],
  ['dpkg, removed again', `${makePackage}\nRUN dpkg -i /repo/greet.deb && ${tidy}\nRUN dpkg --purge greet && ${tidy}`],
  [
    'apt-get with a repository of files',
    `${makePackage}\nRUN cd /repo && printf 'Package: greet\\nVersion: 1.2\\nArchitecture: all\\nMaintainer: Nobody <nobody@example.com>\\nFilename: ./greet.deb\\nSize: %s\\nSHA256: %s\\nDescription: greets\\n' $(stat -c %s greet.deb) $(sha256sum greet.deb | cut -d" " -f1) > Packages && echo 'deb [trusted=yes] file:/repo ./' > /etc/apt/sources.list && rm -rf /etc/apt/sources.list.d/*\nRUN apt-get update && apt-get install -y greet && greet > /out && ${tidy}`,
  ],
  [
    'useradd and groupadd',
    'RUN groupadd -g 900 crew && useradd -m -u 901 -g crew -s /bin/sh sailor && rm -f /etc/*- /var/log/* 2> /dev/null; sed -i "s/^\\(sailor:[^:]*\\):[0-9]*/\\1:1/" /etc/shadow\nUSER sailor\nWORKDIR /home/sailor\nRUN id > id && echo $HOME >> id',
  ],
  [
    'diversions and alternatives',
    'RUN update-alternatives --install /usr/bin/thing thing /bin/ls 10 && update-alternatives --install /usr/bin/thing thing /bin/cat 20 && rm -rf /var/log/*',
  ],
  ['ldconfig and links', 'RUN rm -rf /var/cache/ldconfig && ln -s /lib /lib-alias && ls -ld /bin /lib /sbin | cut -c1 > /out'],
  ['usrmerge: COPY to /bin', 'COPY exe.sh /bin/\nCOPY exe.sh /sbin/other\nRUN exe.sh > /out && ls -l /usr/bin/exe.sh /usr/sbin/other | cut -c1-10 >> /out'],
  ['usrmerge: COPY --link to /usr/bin', 'COPY --link exe.sh /usr/bin/\nRUN exe.sh > /out'],
  [
    'capabilities are kept',
    'RUN --mount=target=/c cp -a /c/tool /usr/bin/tool && echo changed >> /usr/bin/tool && touch -r /c/tool /usr/bin/tool',
    { context: { tool: { text: 't', mode: 0o755 } } },
  ],
  ['bash as SHELL', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN echo ${BASH_VERSION%%.*} > /out; false | true || echo failed >> /out'],
  ['perl as an interpreter', 'RUN <<EOF\n#!/usr/bin/perl\nopen(my $f, ">", "/out"); print $f "from perl\\n";\nEOF'],
  [
    'su and sticky folders',
    'RUN useradd -u 950 one && rm -f /etc/*- && sed -i "s/^\\(one:[^:]*\\):[0-9]*/\\1:1/" /etc/shadow && su one -c "touch /tmp/ones; mkdir -p /tmp/d" && rm -rf /var/log/*',
  ],
  ['capabilities', 'RUN cp /bin/true /usr/bin/t && setcap cap_net_raw+ep /usr/bin/t'],
  [
    'capabilities, mode changed later',
    'RUN cp /bin/true /usr/bin/t && setcap cap_net_raw,cap_chown+ep /usr/bin/t\nRUN chmod 750 /usr/bin/t && getcap /usr/bin/t > /out',
  ],
  ['capabilities, taken away', 'RUN cp /bin/true /usr/bin/t && setcap cap_net_raw+ep /usr/bin/t\nRUN setcap -r /usr/bin/t'],
  ['capabilities, written over', 'RUN cp /bin/true /usr/bin/t && setcap cap_net_raw+ep /usr/bin/t\nRUN echo >> /usr/bin/t && (getcap /usr/bin/t; true) > /out'],
  ['capabilities through a stage', 'RUN cp /bin/true /t && setcap cap_net_raw+ep /t\nFROM scratch\nCOPY --from=0 /t /t'],
  ['capabilities through a stage, with an owner', 'RUN cp /bin/true /t && setcap cap_net_raw+ep /t\nFROM scratch\nCOPY --from=0 --chown=5:6 /t /t'],
  [
    'attributes of users',
    'RUN touch /u && setfattr -n user.note -v kept /u && mkdir /ud && setfattr -n user.d -v x /ud\nRUN touch /ud/x && getfattr -d /u > /out',
    { tolerated: ['attributes of users'] },
  ],
  [
    'attributes of users through a stage',
    'RUN mkdir /m && touch /m/u && setfattr -n user.note -v kept /m/u && setfattr -n user.d -v x /m\nFROM scratch\nCOPY --from=0 /m /m',
    { tolerated: ['attributes of users'] },
  ],
  ['big removal', 'RUN rm -rf /usr/share/doc /usr/share/man /usr/share/locale /var/lib/dpkg/info'],
  ['chown of many', 'RUN chown -R 7:8 /etc/apt'],
  [
    'hard links of the base',
    'RUN ln /usr/bin/perl /usr/bin/perl-again && ls -i /usr/bin/perl* | wc -l > /dev/null',
    { tolerated: ['new names of lower files'] },
  ],
  ['locale and environment', 'ENV LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive\nRUN locale 2> /dev/null | head -2 > /out'],
])
