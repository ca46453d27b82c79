/** Charts for pages. */
module org.recallrank.pages {
  exports org.recallrank.pages.chart;
}
