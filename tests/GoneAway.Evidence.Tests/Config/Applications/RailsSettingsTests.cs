namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class RailsSettingsTests
{
    [Fact]
    public void Production_counts_with_what_it_takes_from_default() => Told.Exactly("""
        default: &default
          adapter: mysql2
          encoding: utf8mb4
          pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>
          reconnect: true
          password: geheim

        development:
          <<: *default
          host: localhost

        production:
          <<: *default
          host: db1.internal
          pool: 20
          read_timeout: 30
          checkout_timeout: 5
          idle_timeout: 300
        """,
        "rails session_wait_timeout=2147483@2", "rails test_on_borrow=ON@2", "rails reconnect=ON@5", "rails host=db1.internal@14", "rails pool_size=20@15", "rails read_timeout=30@16", "rails pool_wait=5@17", "rails idle_timeout=300@18");

    [Theory]
    [InlineData("production:\n  adapter: trilogy\n  variables:\n    wait_timeout: 600", "rails session_wait_timeout=600@4; rails test_on_borrow=ON@2")]
    [InlineData("production:\n  primary:\n    adapter: mysql2\n    wait_timeout: 3600\n    max_age: 600", "rails max_lifetime=600@5; rails session_wait_timeout=3600@4; rails test_on_borrow=ON@3")]
    [InlineData("ActiveRecord::Base.configurations[:production] = {\n  :adapter   => 'mysql2',\n  :pool      => 5,\n}", "rails pool_size=5@3; rails session_wait_timeout=2147483@2; rails test_on_borrow=ON@2")]
    public void The_wait_timeout_that_Active_Record_sets_is_told(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("production:\n  adapter: postgresql\n  pool: 5\n  idle_timeout: 3")]
    [InlineData("production:\n  adapter: sqlite3\n  pool: 5")]
    [InlineData("pool: 5\nidle_timeout: 3")]
    public void Other_databases_give_nothing(string text) => Assert.Equal("nothing", Told.By(text));

    [Fact]
    public void No_mutation_throws() => Mutated.NeverThrows("default: &default\n  adapter: mysql2\n  pool: <%= ENV.fetch(\"X\") { 5 } %>\nproduction:\n  <<: *default\n  - a: ${X:5}\n", static text => Told.By(text));
}
