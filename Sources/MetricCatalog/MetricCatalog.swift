public import AttributionKit

/// The metrics built in, a file for each family.
public enum MetricCatalog {
  /// In the order they are listed to users.
  public static let metrics =
    faithfulness
    + complexity
    + localization
    + axioms
}
