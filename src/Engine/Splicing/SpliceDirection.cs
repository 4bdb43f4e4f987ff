namespace Engine.Splicing;

/// <summary>What became of one direction: its bytes, its end and the failure behind that.</summary>
/// <param name="Bytes">Bytes handed to the destination.</param>
/// <param name="End">How it ended.</param>
/// <param name="Error">The failure, or null.</param>
public readonly record struct SpliceDirection(long Bytes, SpliceEnd End, Exception? Error);
