# The server, its console and the behalf command, and nothing that only builds or tests them.
#   docker build -t behalf .
FROM node:22-bookworm-slim AS build
WORKDIR /behalf
COPY . .
RUN npm run build

# What the server and the command need at run time. PostgreSQL's own programs are optional packages of libs/postgres, and stay out.
FROM node:22-bookworm-slim AS dependencies
WORKDIR /behalf
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY libs/domain/package.json libs/domain/
COPY libs/dpop/package.json libs/dpop/
COPY libs/postgres/package.json libs/postgres/
RUN npx -y pnpm@12.21.0 install --frozen-lockfile --prod --no-optional --filter-prod '@behalf/api...' --filter-prod '@behalf/cli...'

FROM node:22-bookworm-slim
ENV NODE_ENV=production
ENV HOST=0.0.0.0
ENV PORT=3000
WORKDIR /behalf
COPY --from=dependencies /behalf ./
COPY --from=build /behalf/libs/domain/dist libs/domain/dist
COPY --from=build /behalf/libs/dpop/dist libs/dpop/dist
COPY --from=build /behalf/libs/postgres/dist libs/postgres/dist
COPY --from=build /behalf/apps/api/dist apps/api/dist
COPY --from=build /behalf/apps/cli/dist apps/cli/dist
COPY --from=build /behalf/apps/web/dist apps/web/dist
COPY LICENSE ./
COPY apps/cli/bin apps/cli/bin
# Owns nothing here, and nothing here is written to: the root file system may be read-only.
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# A database that is away makes a replica unready, which is no reason to restart it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`, { signal: AbortSignal.timeout(4000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=64", "apps/api/dist/main.js"]
