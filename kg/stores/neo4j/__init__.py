"""The store on Neo4j 5, the production one."""
