-- What the page needs: outlines of long curves, the newest runs of all, saved views, the history of models.

-- What a chart of a whole curve needs of a sealed chunk, so that it need not be decoded.

CREATE TABLE metric_outlines (
    run_id        BIGINT NOT NULL,
    key_id        BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    count         BIGINT NOT NULL,       -- points in the chunk
    min_timestamp BIGINT NOT NULL,
    max_timestamp BIGINT NOT NULL,
    min_step      BIGINT NOT NULL,
    max_step      BIGINT NOT NULL,
    points        BYTES NOT NULL,        -- the lowest and the highest point of each block, series/blocks.py
    PRIMARY KEY (run_id, key_id, seq),
    FOREIGN KEY (run_id, key_id, seq) REFERENCES metric_chunks (run_id, key_id, seq) ON DELETE CASCADE
) CLUSTERED;

CREATE INDEX runs_by_age ON runs (deleted, start_time DESC, uuid);   -- the newest of all experiments

CREATE TABLE saved_views (               -- states of the page that somebody gave a name
    id               BIGKEY,
    scope            TEXTC NOT NULL,     -- what they are of, as the page's path says it
    name             TEXTC NOT NULL,
    state            TEXTC NOT NULL,     -- the search part of the page's address
    owner            TEXTC NOT NULL,     -- '' where nobody logged in
    last_update_time BIGINT NOT NULL,
    UNIQUE (scope, owner, name)
);

CREATE TABLE model_events (              -- what happened to registered models; by name, so that it outlives them
    id           BIGKEY,
    name         TEXTC NOT NULL,
    at           BIGINT NOT NULL,
    who          TEXTC NOT NULL,         -- '' where nobody logged in
    action       TEXTC NOT NULL,         -- wire/ui/models.py lists them
    version      BIGINT NOT NULL,        -- 0 where the event is about the model
    subject      TEXTC NOT NULL,         -- the alias, or the tag's key
    before_value TEXTC NOT NULL,
    after_value  TEXTC NOT NULL
);
CREATE INDEX model_events_by_name ON model_events (name, id DESC);
