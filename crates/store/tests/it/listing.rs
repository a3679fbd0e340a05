//! Lists of runs and of their sites, a page at a time.

use earshot_model::{Exposure, Outcome, Run, RunKind, RunState};
use earshot_store::RunsPage;

use crate::{Fixture, make};

#[tokio::test]
async fn runs_and_their_sites_come_a_page_at_a_time() {
    let it = Fixture::new().await;
    // Ids rise with time, and these are of one moment: in which order is chance.
    let mut runs: Vec<Run> = (0..4).map(|_| make::run(1)).collect();
    runs.sort_by_key(|run| run.id.to_string());
    runs[1].portfolio = Some("ours".to_owned());
    runs[2].kind = RunKind::Verify { against: runs[0].id };
    runs[2].seeds = 1_000;
    runs[3].state = RunState::Complete;
    for run in &runs {
        it.store.put_run(run).await.unwrap();
    }
    let page = async |page: RunsPage| {
        it.store.runs_page(&page).await.unwrap().into_iter().map(|run| run.id).collect::<Vec<_>>()
    };
    let all = RunsPage { limit: 2, ..RunsPage::default() };
    assert_eq!(page(all.clone()).await, [runs[3].id, runs[2].id]);
    assert_eq!(page(RunsPage { before: Some(runs[2].id), ..all.clone() }).await, [runs[1].id, runs[0].id]);
    assert_eq!(page(RunsPage { portfolio: Some("ours".to_owned()), ..all }).await, [runs[1].id]);

    // A portfolio's run is not waited for, nor is one that has ended.
    assert_eq!(it.store.waited_for(None).await.unwrap(), 2);
    assert_eq!(it.store.waited_for(Some(runs[2].id)).await.unwrap(), 1);
    assert_eq!(it.store.waited_for(Some(runs[0].id)).await.unwrap(), 0);

    let run = runs[0].id;
    let seen = Outcome::of_status(200);
    let contacts = [("clarity", Exposure::Content, 40.0), ("ga4", Exposure::Tracker, 60.0)];
    it.store
        .put_crawls(&[make::crawl(run, "https://a.test/", &["https://a.test/", "https://a.test/x"])])
        .await
        .unwrap();
    it.store.put_crawls(&[make::crawl(run, "https://c.test/", &[])]).await.unwrap();
    let visits = [
        make::visit(run, "https://a.test/", seen.clone(), &contacts),
        make::visit(run, "https://a.test/x", Outcome::of_status(403), &[]),
        make::visit(run, "https://b.test/", seen, &[]),
    ];
    it.store.put_visits(&visits).await.unwrap();
    let sites = it.store.run_sites(run, "", 2).unwrap().all().await.unwrap();
    let told: Vec<_> = sites.iter().map(|row| (&*row.site, row.visits, row.seen, row.blocked, row.trackers)).collect();
    assert_eq!(told, [("a.test", 2, 1, 1, 2), ("b.test", 1, 1, 0, 0)]);
    // Of c.test no page was chosen: it was not seen.
    let rest = it.store.run_sites(run, "b.test", 2).unwrap().all().await.unwrap();
    assert_eq!(
        rest.iter().map(|row| (&*row.site, row.visits, row.seen, row.failed)).collect::<Vec<_>>(),
        [("c.test", 1, 0, 1)]
    );
    it.engine.stop().await;
}
