// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a query without an end.
//!
//! Comes out as: timed out

use kit_database::idempotent_consumer::prelude::*;

struct Consumer;

impl IdempotentConsumer for Consumer {
    fn on_message(db: &mut Connection, _: Message) -> Result<()> {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        db.query_row(endless, [], |_| Ok(()))
    }
}

exam!(idempotent_consumer => Consumer);
