public import ArgumentParser
public import AttributionKit
package import Datasets
public import Explaining

// Values of the library that options take as they are.

extension ImageSize: ExpressibleByArgument {
  /// The size that an argument spells: `224`, or `240x320` with the height first.
  public init?(argument: String) { self.init(argument) }
}

extension Recipe.ChannelOrder: ExpressibleByArgument {}
extension Recipe.Fit: ExpressibleByArgument {}
extension ScoreKind: ExpressibleByArgument {}
extension ModelRequest.Answer: @retroactive ExpressibleByArgument {}
extension PeerLibrary: ExpressibleByArgument {}
extension DatasetTask.NumberFormat: ExpressibleByArgument {}
