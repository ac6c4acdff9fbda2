import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { freePort, until } from './processes.ts';

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

type Options = { buffering?: 'on' | 'off'; port?: number; health?: string };

/** nginx in front of gateways or portals, with kept-alive connections to them. Temporary files go into `folder`. */
export async function startNginx(
  upstreams: readonly string[],
  folder: string,
  { buffering = 'on', health = '/_/healthz', ...options }: Options = {},
) {
  const port = options.port ?? (await freePort());
  const config = `${folder}/nginx-${port}.conf`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  const servers = upstreams
    .map((url) => `server ${new URL(url).host} max_fails=1 fail_timeout=2s;`)
    .join(' ');
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log ${folder}/nginx.log;
    events { worker_connections 256; }
    http { access_log off; client_max_body_size 100m; ${temporary}
      upstream gateway { ${servers} keepalive 16; }
      server { listen 127.0.0.1:${port};
        location / { proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Connection "";
          proxy_set_header Host $http_host;
          proxy_request_buffering ${buffering}; } } }`,
  );
  const child = spawn('nginx', ['-c', config, '-p', folder], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}${health}`)).ok, 'nginx', 10_000);
  return { url, stop: () => child.kill('SIGTERM') };
}
