import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstLoad } from './first-load.js';

const API = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react(), firstLoad()],
  build: { outDir: 'dist', sourcemap: false, chunkSizeWarningLimit: 600 },
  server: { port: 5173, proxy: { '/api': API, '/oauth2': API, '/.well-known': API, '/health': API } },
});
