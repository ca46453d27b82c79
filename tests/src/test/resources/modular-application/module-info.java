module org.example.application {
  requires org.recallrank.training;
}
