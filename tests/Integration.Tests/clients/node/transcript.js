// What a client saw, a line per step, the same on every run: no times, no connection ids.
'use strict';
const crypto = require('crypto');
const e = process.env;
exports.options = { host: e.CLIENT_HOST, port: +e.CLIENT_PORT, user: e.CLIENT_USER, password: e.CLIENT_PASSWORD };
exports.schema = e.CLIENT_SCHEMA;
exports.variant = e.CLIENT_VARIANT || 'plain';
exports.mariadb = e.CLIENT_FLAVOUR === 'mariadb';
exports.rows = exports.variant === 'plain' ? 100000 : 10000;
exports.allBytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
let failed = false;

function shown(value) {
  if (Buffer.isBuffer(value)) return value.length > 300 ? `Buffer(${value.length} ${crypto.createHash('sha1').update(value).digest('hex')})` : `Buffer(${value.toString('hex')})`;
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return `Date(${isNaN(value) ? 'invalid' : value.toISOString()})`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  // Keys in order of their names: that of the server's session changes is not always the same.
  if (value && typeof value === 'object') return `${value.constructor ? value.constructor.name : ''}{${Object.keys(value).sort().map(key => `${key}: ${shown(value[key])}`).join(', ')}}`;
  if (typeof value === 'string' && value.length > 1000) return `string(${value.length} ${crypto.createHash('sha1').update(value).digest('hex')})`;
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
exports.shown = shown;
exports.say = (step, ...values) => console.log(`${step}: ${values.map(shown).join(', ')}`);
const errorText = fault => `${fault.constructor.name} ${fault.code} ${fault.errno} ${fault.sqlState} ${fault.fatal} ${fault.sqlMessage || fault.message}`
  .replace(/(thread id: |conn=|conn:|handler \()-?\d+/g, '$1#').replace(/127\.0\.0\.1:\d+/g, 'address').split('\n')[0];
exports.fails = async (step, action) => {
  try {
    exports.say(step, 'no error', await action());
  } catch (fault) {
    console.log(`${step}: ${errorText(fault)}`);
  }
};
exports.section = async (name, action) => {
  console.log(`== ${name}`);
  try {
    await action();
  } catch (fault) {
    failed = true;
    console.log(`${name} failed: ${errorText(fault)} ${(fault.stack || '').split('\n').slice(1, 4).join(' ')}`);
  }
};
exports.finish = () => {
  console.log(`== end${failed ? ' with failures' : ''}`);
  process.exit(failed ? 1 : 0);
};
exports.pause = () => new Promise(done => setTimeout(done, 5));
exports.many = rows => `SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, CONCAT('row ', a.d, b.d, c.d, e.d, f.d) AS t, NULL AS z FROM digits a, digits b, digits c, digits e, digits f ORDER BY n LIMIT ${rows}`;
exports.table = "(id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT UNIQUE, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6), day DATE, moment DATETIME(6), clock TIME(3), y YEAR, bits BIT(10), choice ENUM('a','b'), j JSON, c CHAR(5), raw VARBINARY(300), lump LONGBLOB, words TEXT)";
exports.columns = 't,b,f,d,n,day,moment,clock,y,choice,j,c,raw,lump,words';
