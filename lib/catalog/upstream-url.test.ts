import { expect, test } from 'vitest';
import { readUpstreamUrl } from './upstream-url.ts';

const read = (text: string) => readUpstreamUrl(text, { allowPrivate: false });

test.each([
  ['https://api.example.com', 'https://api.example.com', ''],
  ['https://api.example.com/', 'https://api.example.com', ''],
  ['https://api.example.com/v1/', 'https://api.example.com', '/v1'],
  ['HTTPS://API.Example.com:443/v1//', 'https://api.example.com', '/v1'],
  ['http://api.example.com:8080/a/b', 'http://api.example.com:8080', '/a/b'],
  ['https://8.8.8.8/dns', 'https://8.8.8.8', '/dns'],
  ['https://[2606:4700::1111]/dns', 'https://[2606:4700::1111]', '/dns'],
  ['https://localhost.example.com', 'https://localhost.example.com', ''],
])('%s is accepted', (text, origin, basePath) => {
  expect(read(text)).toEqual({ origin, basePath });
});

const privateForms = [
  ...[
    'http://localhost',
    'http://LOCALHOST:8080',
    'http://localhost.',
    'http://api.localhost',
    'http://api.localhost.',
  ],
  ...['http://127.0.0.1', 'http://127.0.0.1.', 'http://127.1', 'http://127.0.1', 'http://127.255.255.254'],
  // One number for all four bytes, octal, hexadecimal, mixed, full-width digits, encoded.
  ...[
    'http://2130706433',
    'http://017700000001',
    'http://0x7f000001',
    'http://0x7f.0.0.1',
    'http://0177.0.0.1',
  ],
  ...['http://0x7f.1', 'http://127.0x0.0.01', 'http://0', 'http://0.0.0.0', 'http://00000177.0.0.1'],
  ...[
    'http://１２７.０.０.１',
    'http://127。0。0。1',
    'http://%31%32%37.0.0.1',
    'http://①②⑦.0.0.1',
    'http://loc%61lhost',
  ],
  ...['http://10.0.0.1', 'http://0xa000001', 'http://167772161', 'http://012.0.0.1', 'http://172.16.0.1'],
  ...[
    'http://172.31.255.255',
    'http://192.168.0.1',
    'http://3232235521',
    'http://192.168.257',
    'http://100.64.0.1',
  ],
  ...[
    'http://169.254.169.254/latest/meta-data',
    'http://2852039166',
    'http://0xa9fea9fe',
    'http://0251.0376.0251.0376',
  ],
  ...[
    'http://169.254.43518',
    'http://100.100.100.200',
    'http://192.0.0.192',
    'http://198.18.0.1',
    'http://224.0.0.1',
  ],
  ...[
    'http://240.0.0.1',
    'http://255.255.255.255',
    'http://192.0.2.1',
    'http://198.51.100.1',
    'http://203.0.113.1',
  ],
  ...[
    'http://[::1]',
    'http://[::]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
  ],
  ...[
    'http://[::ffff:169.254.169.254]',
    'http://[::127.0.0.1]',
    'http://[::ffff:0:7f00:1]',
    'http://[64:ff9b::127.0.0.1]',
  ],
  ...['http://[64:ff9b::a9fe:a9fe]', 'http://[64:ff9b:1::1]', 'http://[2002:7f00:1::]', 'http://[2001::1]'],
  ...[
    'http://[fc00::1]',
    'http://[fd00:ec2::254]',
    'http://[fe80::1]',
    'http://[fec0::1]',
    'http://[ff02::1]',
  ],
  ...['http://[100::1]', 'http://[2001:db8::1]', 'http://[4000::1]'],
];

test.each(privateForms)('%s is on a private network', (text) => {
  expect(read(text)).toContain('is on a private network');
});

test.each(privateForms)('%s is accepted if private networks are allowed', (text) => {
  expect(readUpstreamUrl(text, { allowPrivate: true })).toMatchObject({ basePath: expect.any(String) });
});

test.each([
  ['file:///etc/passwd', 'must start with https:// or http://'],
  ['ftp://api.example.com', 'must start with https:// or http://'],
  ['gopher://api.example.com', 'must start with https:// or http://'],
  ['javascript:alert(1)', 'must start with https:// or http://'],
  ['data:text/plain,x', 'must start with https:// or http://'],
  ['ws://api.example.com', 'must start with https:// or http://'],
  ['unix:/var/run/docker.sock', 'must start with https:// or http://'],
  ['blob:https://api.example.com/x', 'must start with https:// or http://'],
  ['https://user@api.example.com', 'user name or password'],
  ['https://:password@api.example.com', 'user name or password'],
  ['https://api.example.com@127.0.0.1', 'user name or password'],
  ['https://api.example.com:x@evil.test', 'user name or password'],
  ['https://api.example.com/?key=1', 'query or fragment'],
  ['https://api.example.com/#a', 'query or fragment'],
  ['', 'isn’t a valid URL'],
  ['api.example.com', 'isn’t a valid URL'],
  ['//api.example.com', 'isn’t a valid URL'],
  ['https://', 'isn’t a valid URL'],
  ['https://[::1', 'isn’t a valid URL'],
  ['https://[fe80::1%25eth0]', 'isn’t a valid URL'],
  ['https://api.example.com:99999', 'isn’t a valid URL'],
  ['https://256.256.256.256', 'isn’t a valid URL'],
  ['https://a b', 'isn’t a valid URL'],
])('%s is always rejected: %s', (text, reason) => {
  expect(readUpstreamUrl(text, { allowPrivate: true })).toContain(reason);
});
