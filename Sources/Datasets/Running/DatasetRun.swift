import Explaining
import Foundation
import Images
import Synchronization

/// A data set explained picture by picture, of which any number may run at once into one folder.
///
/// A picture is computed on one thread, as many at a time as there are workers: decoding, computing and writing of one
/// overlap with those of others, and results do not depend on the number. Nothing is kept of a picture that is done.
package struct DatasetRun: Sendable {
  package let task: DatasetTask
  package let output: String
  package let shard: Shard?
  /// How many pictures are worked on at once.
  package let workers: Int
  /// Whether pictures that are finished are done again.
  package let again: Bool

  package init(_ task: DatasetTask, output: String, shard: Shard?, workers: Int, again: Bool) {
    (self.task, self.output, self.shard, self.workers, self.again) = (task, output, shard, workers, again)
  }

  /// What an earlier run with another network, other methods or settings has left in the folder; its lists give way to this
  /// run's.
  package var earlier: DatasetManifest? {
    guard shard == nil, let manifest = try? DatasetManifest(in: output) else { return nil }
    return manifest.fingerprint == task.fingerprint ? nil : manifest
  }

  /// How far a run has come.
  package struct Progress: Sendable {
    package var pictures = 0
    package var explained = 0
    package var found = 0
    package var unusable = 0
    /// The set, where the run came to its end.
    package var manifest: DatasetManifest?
  }

  /// Explains all pictures.
  ///
  /// - Parameters:
  ///   - reader: the pictures.
  ///   - stop: asks the run to end when it is set; pictures under way are finished first.
  ///   - each: called for each picture, in order.
  /// - Returns: What was done; without a manifest where the run was stopped.
  /// - Throws: ``StorageError``, ``ExplainingError`` for what is wrong with the set, ``UnusableQuestion``, or what `each`
  ///   throws. What is finished by then stays.
  package func explain(
    _ reader: DatasetReader, until stop: StopSign, each: (ResultLine, Progress) throws -> Void
  ) throws -> Progress {
    let folder = try ResultFolder(output)
    defer { folder.discard() }
    let collector = try Collector(
      folder, DatasetManifest(task, shard: shard), methods: task.methods, metrics: task.metrics)
    var progress = Progress()
    let (task, again) = (task, again)
    try InOrder.run(
      workers: workers, window: 8 * workers, next: { stop.isSet ? nil : try reader.next() },
      work: { entry in (entry.index, entry.name, try task.outcome(of: entry, in: folder, again: again)) },
      abandon: stop.set
    ) { index, name, outcome in
      let line = ResultLine(index, name, outcome)
      try collector.add(line)
      progress.pictures += 1
      switch outcome {
      case .unusable: progress.unusable += 1
      case .explained(_, _, let wasThere):
        progress.explained += 1
        if wasThere { progress.found += 1 }
      }
      try each(line, progress)
    }
    guard !stop.isSet else { return progress }
    guard reader.count > 0 else {
      throw ExplainingError(.missingInput, "there is no picture in what was named: look at its names, or name a list")
    }
    progress.manifest = try collector.finish(
      DatasetManifest.Whole(pictures: reader.count, sha256: reader.digest))
    return progress
  }
}

/// Set once, by a signal perhaps, and seen by all threads.
package final class StopSign: Sendable {
  private let value = Atomic(false)
  package init() {}
  package var isSet: Bool { value.load(ordering: .relaxed) }
  package func set() { value.store(true, ordering: .relaxed) }
}
